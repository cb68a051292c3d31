/** A word that this project does not use, and the field's word for the same. */
export type RefusedWord = {
  /** As parts of a name, joined by `-`: `front-door` is in `FrontDoor`, `frontDoor` and `front-door.ts`. */
  readonly word: string;
  /** What to write instead, as the table in CONTRIBUTING.md shows it. */
  readonly instead: string;
  /** Where it is refused: in all names, or only in those of the product, where tests may say it of people. */
  readonly scope: "all" | "product";
  /** Comments are refused that hold it as a word. Only for words that have no plain meaning that one needs. */
  readonly inComments?: boolean;
  readonly except?: readonly Exception[];
};

/** Names in which a refused word stands after all. One that is met nowhere is a fault: it outlived its reason. */
export type Exception = { readonly file: string; readonly name: string; readonly reason: string };

const publicType = "programs import it from the SDK by this name";

const iconName = "an icon, by its name in the library";

const web = "apps/web/src/";

/** The words that were written here once and that a stranger had to look up. */
export const refusedWords: readonly RefusedWord[] = [
  {
    word: "tell",
    instead:
      "`notify` listeners, `publish` to the bus or a topic, `push` to sockets, `reply` to a command, `return` a value",
    scope: "product",
  },
  {
    word: "told",
    instead: "`notified`, `published`, `pushed`, `replied`",
    scope: "product",
  },
  {
    word: "hear",
    instead: "`receive` a message, `deliver` it to subscribers, `note` a number, `handle` an event",
    scope: "product",
  },
  {
    word: "heard",
    instead: "`received`, `noted`",
    scope: "product",
    except: [
      { file: "packages/client/src/index.ts", name: "HeardMessage", reason: publicType },
      { file: "packages/client/src/rooms/create-rooms.ts", name: "HeardMessage", reason: publicType },
      { file: "packages/client/src/rooms/message-feed.ts", name: "HeardMessage", reason: publicType },
      { file: "packages/client/src/rooms/create-rooms.ts", name: "HeardMessage", reason: publicType },
    ],
  },
  { word: "hearer", instead: "`subscriber`", scope: "all" },
  { word: "asker", instead: "`requester`", scope: "all", inComments: true },
  {
    word: "door",
    instead: "`entryPoint` of a module, `route`, `endpoint`",
    scope: "product",
    except: [
      {
        file: `${web}features/rooms/header/use-room-items.tsx`,
        name: "DoorOpen",
        reason: iconName,
      },
      { file: `${web}shell/brand/hall-scene.tsx`, name: "Door", reason: "a door, in a picture of a hall" },
    ],
  },
  { word: "front-door", instead: "`authResponse`", scope: "all" },
  { word: "ways-in", instead: "`authMethods`", scope: "all" },
  { word: "journey", instead: "`flow`: `oauthFlow`, `authFlow`", scope: "all", inComments: true },
  { word: "luggage", instead: "`authorizationState`", scope: "all", inComments: true },
  { word: "making", instead: "`creation`", scope: "product" },
  { word: "letter-box", instead: "`mailbox`, `mailTransport`", scope: "all" },
  { word: "kept-mails", instead: "`devMailbox`", scope: "all" },
  { word: "census", instead: "`connectionRegistry`", scope: "all", inComments: true },
  { word: "sweeper", instead: "`reaper` of connections, `PeriodicTask`", scope: "all", inComments: true },
  { word: "housekeeping", instead: "`retention`", scope: "all", inComments: true },
  { word: "news-desk", instead: "`notifier`", scope: "all", inComments: true },
  { word: "served-rooms", instead: "`roomHub`", scope: "all" },
  {
    word: "passing",
    instead: "`ephemeral`",
    scope: "product",
  },
  { word: "surroundings", instead: "`environment`", scope: "all", inComments: true },
  { word: "revival", instead: "`wake`", scope: "all", inComments: true },
  { word: "exclusively", instead: "`withLock`", scope: "all" },
  { word: "patchwork", instead: "`avatarPattern`", scope: "all", inComments: true },
  { word: "warm-up", instead: "`preload`", scope: "all" },
  {
    word: "house",
    instead: "`project`, `installation`, `signedInLayout`",
    scope: "all",
    except: [
      { file: `${web}features/match/signed-in.tsx`, name: "House", reason: iconName },
      { file: `${web}features/match/palette-entries.tsx`, name: "House", reason: iconName },
    ],
  },
  { word: "room-talk", instead: "`messagePane`", scope: "all" },
  { word: "tally", instead: "`counter`", scope: "all", inComments: true },
  { word: "hurried", instead: "`accelerated`", scope: "all" },
  { word: "near-miss", instead: "`didYouMean`", scope: "all" },
];

/**
 * How the first clause of a comment does not begin: with a verb that says as much of a function that returns, one that
 * notifies and one that writes.
 */
export const refusedOpenings: Readonly<Record<string, string>> = {
  Tells: "`Returns`, `Notifies`, `Publishes`, `Pushes`, `Distinguishes`",
  Says: "`Returns`, `Whether`, `Describes`, `Sends`, `Reports`",
  Hears: "`Receives`, `Handles`",
};
