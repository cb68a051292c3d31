-- Mails that wait to be handed to the mail server. A row goes when the server has taken it.
create table platform_mails (
  id uuid primary key,
  -- Address, subject and text, sealed: codes and links lie here for a moment. Null is a mail to nobody.
  sealed text,
  created_at timestamptz not null,
  -- While a node is sending, this lies a while ahead: if the node dies, another one tries then.
  next_try_at timestamptz not null,
  attempts int not null default 0,
  -- After this nobody needs it any more.
  expires_at timestamptz not null
);
create index platform_mails_by_next_try on platform_mails (next_try_at);
