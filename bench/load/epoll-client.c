/*
 * Opens the sockets of a plan, keeps them alive and drives load over them from one thread.
 *
 * Usage: epoll-client PLAN. Commands come line by line on stdin, each answered by one line of JSON on stdout:
 *   open GROUP AT_ONCE             opens the group's sockets, so many at a time (GROUP -1: all)
 *   run KEY=VALUE …                mode=closed|open ms senders window rotate rate poisson expect spin
 *   close GROUP                    cuts the group's sockets without a word
 * A closed run keeps `window` sends unanswered: each sender its own, or, with rotate=1, all senders together in turn.
 * An open run sends at intended times whatever the server does; latency counts from the intended time.
 * With spin=US it looks again for so long before it sleeps: then no sender pays for waking it, as none would over a network.
 * A delivery is a push `message.sent` whose text starts with ~ns~, the intended time of its send.
 */
#define _GNU_SOURCE
#include <sys/prctl.h>

#include "run.h"

static int open_group, open_at_once, is_opening;
static unsigned opening, opened, open_failed, open_next;
static uint64_t open_started;

static void open_more(void) {
  while (opening < (unsigned)open_at_once && open_next < plan.socket_count) {
    struct connection *c = &connections[open_next++];
    if (open_group >= 0 && c->planned->group != (unsigned)open_group) continue;
    if (c->state != STATE_NEW && c->state != STATE_CLOSED) continue;
    opening++;
    connection_open(c);
  }
}

/* Opens more, or tells how it went when all are settled. Called from the loop only: in a callback more may follow. */
static void open_tick(void) {
  open_more();
  if (opening > 0) return;
  is_opening = 0;
  printf("{\"event\":\"opened\",\"sockets\":%u,\"failed\":%u,\"ns\":%llu,\"firstError\":\"%s\"}\n", opened, open_failed,
         (unsigned long long)(now_ns() - open_started), first_error);
  fflush(stdout);
}

static void on_ready(struct connection *c) {
  c->slots = must(calloc(SLOTS, sizeof *c->slots));
  c->next_id = FIRST_SEND_NUMBER;
  opened++;
  opening--;
}

static void on_closed(struct connection *c, const char *why) {
  char text[300];
  int length = snprintf(text, sizeof text, "socket %u: %s (code %u)", c->index, why, c->close_code);
  note_error(text, (size_t)length);
  if (c->state == STATE_READY) {
    run.lost_sockets++;
  } else {
    open_failed++;
    opening--;
  }
}

/* Beats in turn, so that each ready socket has its beat once per interval. */
static uint64_t beat_tick(uint64_t now) {
  static uint64_t last;
  static unsigned turn;
  if (plan.beat == NULL || plan.socket_count == 0) return UINT64_MAX;
  uint64_t gap = plan.beat_ns / plan.socket_count;
  if (last == 0) last = now;
  while (last + gap <= now) {
    struct connection *c = &connections[turn++ % plan.socket_count];
    char text[512];
    last += gap;
    if (c->state != STATE_READY) continue;
    connection_write_frame(c, OPCODE_TEXT, text, template_fill(text, plan.beat, c->next_id * 2 + 1, "", 0));
  }
  return last + gap;
}

static void command(char *line) {
  if (strncmp(line, "open ", 5) == 0) {
    if (sscanf(line + 5, "%d %d", &open_group, &open_at_once) != 2 || open_at_once < 1) fail_plan("bad command", line);
    opened = open_failed = open_next = 0;
    first_error[0] = 0;
    open_started = now_ns();
    is_opening = 1;
  } else if (strncmp(line, "run ", 4) == 0) {
    run_start(line + 4);
  } else if (strncmp(line, "close ", 6) == 0) {
    unsigned group = (unsigned)atoi(line + 6);
    unsigned count = 0;
    for (unsigned i = 0; i < plan.socket_count; i++) {
      struct connection *c = &connections[i];
      if (c->planned->group != group || c->state != STATE_READY) continue;
      connection_close(c, "closed by command");
      count++;
    }
    printf("{\"event\":\"closed\",\"sockets\":%u}\n", count);
    fflush(stdout);
  } else {
    fail_plan("unknown command", line);
  }
}

/* Reads whole command lines; the end of stdin ends the program. */
static void read_commands(void) {
  static char line[4096];
  static size_t length;
  ssize_t got = read(0, line + length, sizeof line - 1 - length);
  if (got <= 0) exit(0);
  length += (size_t)got;
  char *newline;
  while ((newline = memchr(line, '\n', length)) != NULL) {
    *newline = 0;
    command(line);
    size_t used = (size_t)(newline + 1 - line);
    memmove(line, line + used, length -= used);
  }
}

int main(int count, char **arguments) {
  if (count != 2) fail_plan("usage", "epoll-client PLAN");
  prctl(PR_SET_TIMERSLACK, 1);
  plan_read(&plan, arguments[1]);
  frame_seed ^= (uint32_t)now_ns() | 1u;
  srand48((long)now_ns());
  snprintf(run_key, sizeof run_key, "%llx", (unsigned long long)now_ns());
  connections = must(calloc(plan.socket_count + 1, sizeof *connections));
  run.senders = must(calloc(plan.socket_count + 1, sizeof *run.senders));
  for (unsigned i = 0; i < plan.socket_count; i++) connections[i] = (struct connection){.index = i, .planned = &plan.sockets[i]};
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event control = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, 0, &control);
  uint64_t last_event = 0;
  for (;;) {
    uint64_t now = now_ns();
    uint64_t next = run_tick(now);
    uint64_t beat = beat_tick(now);
    if (beat < next) next = beat;
    uint64_t wait = next == UINT64_MAX ? 1000000000ull : next > now ? next - now : 0;
    struct timespec timeout = {.tv_sec = (time_t)(wait / 1000000000ull), .tv_nsec = (long)(wait % 1000000000ull)};
    struct epoll_event events[64];
    int ready = epoll_wait(epoll_fd, events, 64, 0);
    if (ready > 0) {
      last_event = now;
    } else if (run.active && now < last_event + run.spin_ns && now < next) {
      run.spun_ns += now_ns() - now;
      continue;
    } else {
      ready = epoll_pwait2(epoll_fd, events, 64, &timeout, NULL);
      last_event = now_ns();
    }
    for (int i = 0; i < ready; i++) {
      if (events[i].data.u32 == UINT32_MAX) {
        read_commands();
        continue;
      }
      struct connection *c = &connections[events[i].data.u32];
      if (c->state != STATE_CLOSED && (events[i].events & EPOLLOUT)) connection_writable(c);
      if (c->state != STATE_CLOSED && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) connection_readable(c);
    }
    if (is_opening) open_tick();
  }
}
