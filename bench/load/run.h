/* One run: sends at intended times or with a window, and what came back of it. */
#ifndef MARU_RUN_H
#define MARU_RUN_H

#include <math.h>
#include <time.h>

#include "connection.h"
#include "histogram.h"

static const char delivery_marker[] = "\"push\":\"message.sent\"";
enum { FIRST_SEND_NUMBER = 500 };

static struct connection *connections;
static char run_key[32];
static char first_error[512];

static struct {
  int active, draining, closed_loop, rotate, poisson;
  unsigned window, sender_group, expect, sender_count, turn;
  unsigned *senders;
  uint64_t started, stop_at, drain_until, last_arrival, next_intended, spin_ns, spun_ns, cpu_ns, reads, frames, bytes;
  double rate, intended;
  uint64_t sent, acked, acked_in_window, refused, deliveries, deliveries_in_window, others, lost_sockets, key;
  struct histogram reply, late, delivery[MAX_GROUPS];
} run;

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static uint64_t cpu_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

/* Keeps the first thing that went wrong, without what JSON would have to escape. */
static void note_error(const char *text, size_t length) {
  if (first_error[0] != 0) return;
  size_t n = 0;
  for (size_t i = 0; i < length && n < sizeof first_error - 1; i++) {
    unsigned char ch = (unsigned char)text[i];
    first_error[n++] = ch == '"' || ch == '\\' || ch < 32 ? '\'' : (char)ch;
  }
  first_error[n] = 0;
}

/* Sends one message of a connection; false when it has no free slot. Sends have even ids, beats odd ones. */
static int send_one(struct connection *c, uint64_t intended) {
  static char text[MAX_TEMPLATE + 256];
  char key[64];
  if (c->state != STATE_READY || c->outstanding >= SLOTS / 2) return 0;
  uint64_t *slot = &c->slots[c->next_id % SLOTS];
  if (*slot != 0) return 0;
  *slot = intended;
  c->outstanding++;
  snprintf(key, sizeof key, "%s-%llu", run_key, (unsigned long long)run.key++);
  size_t length = template_fill(text, c->planned->send, c->next_id++ * 2, key, intended);
  run.sent++;
  connection_write_frame(c, OPCODE_TEXT, text, length);
  return 1;
}

static void send_next_in_turn(uint64_t intended) {
  for (unsigned tries = 0; tries < run.sender_count; tries++) {
    struct connection *c = &connections[run.senders[run.turn++ % run.sender_count]];
    if (send_one(c, intended)) return;
  }
}

static void on_reply(struct connection *c, const char *text, size_t length) {
  char *end;
  unsigned long id = strtoul(text + 6, &end, 10);
  size_t rest = length - (size_t)(end - text);
  int ok = rest > 5 && memcmp(end, ",\"ok\"", 5) == 0;
  if (!ok) note_error(text, length);
  if (c->state == STATE_GREETING) {
    c->greeted++;
    if (ok) connection_greet(c);
    else connection_close(c, "refused");
    return;
  }
  if (id % 2 == 1 || id / 2 < FIRST_SEND_NUMBER) return;
  uint64_t *slot = &c->slots[(id / 2) % SLOTS];
  if (*slot == 0) return;
  uint64_t now = now_ns();
  if (ok) {
    histogram_record(&run.reply, now - *slot);
    run.acked++;
    if (now < run.stop_at) run.acked_in_window++;
  } else {
    run.refused++;
  }
  run.last_arrival = now;
  *slot = 0;
  c->outstanding--;
  if (!run.active || run.draining || !run.closed_loop) return;
  if (run.rotate) send_next_in_turn(now_ns());
  else send_one(c, now_ns());
}

static void on_text(struct connection *c, const char *text, size_t length) {
  if (length > 6 && memcmp(text, "{\"id\":", 6) == 0) {
    on_reply(c, text, length);
    return;
  }
  const char *end = text + length;
  const char *at = memmem(text, length, delivery_marker, sizeof delivery_marker - 1);
  if (at == NULL) run.others++;
  uint64_t now = at == NULL ? 0 : now_ns();
  while (at != NULL) {
    const char *after = at + sizeof delivery_marker - 1;
    const char *next = memmem(after, (size_t)(end - after), delivery_marker, sizeof delivery_marker - 1);
    const char *stop = next == NULL ? end : next;
    const char *mark = memchr(after, '~', (size_t)(stop - after));
    at = next;
    if (mark == NULL || stop - mark < 21) {
      run.others++;
      continue;
    }
    uint64_t intended = 0;
    for (int i = 1; i <= 19; i++) intended = intended * 10 + (uint64_t)(mark[i] - '0');
    if (!run.active || intended < run.started) continue;
    histogram_record(&run.delivery[c->planned->group], now > intended ? now - intended : 0);
    run.deliveries++;
    if (now < run.stop_at) run.deliveries_in_window++;
    run.last_arrival = now;
  }
}

static void print_run(void) {
  uint64_t window = run.stop_at - run.started;
  printf("{\"event\":\"ran\",\"ns\":%llu,\"cpuNs\":%llu,\"sent\":%llu,\"acked\":%llu,\"ackedInWindow\":%llu,\"refused\":%llu,"
         "\"deliveries\":%llu,\"deliveriesInWindow\":%llu,\"others\":%llu,\"lostSockets\":%llu,\"reads\":%llu,\"frames\":%llu,"
         "\"bytes\":%llu,\"firstError\":\"%s\",\"reply\":",
         (unsigned long long)window, (unsigned long long)run.cpu_ns, (unsigned long long)run.sent, (unsigned long long)run.acked,
         (unsigned long long)run.acked_in_window, (unsigned long long)run.refused, (unsigned long long)run.deliveries,
         (unsigned long long)run.deliveries_in_window, (unsigned long long)run.others, (unsigned long long)run.lost_sockets,
         (unsigned long long)(total_reads - run.reads), (unsigned long long)(total_frames - run.frames),
         (unsigned long long)(total_bytes - run.bytes), first_error);
  histogram_print(&run.reply, stdout);
  printf(",\"late\":");
  histogram_print(&run.late, stdout);
  printf(",\"delivery\":[");
  for (int group = 0; group < MAX_GROUPS; group++) {
    if (group > 0) putchar(',');
    histogram_print(&run.delivery[group], stdout);
  }
  printf("]}\n");
  fflush(stdout);
}

static void run_start(char *rest) {
  unsigned *senders = run.senders;
  uint64_t key = run.key;
  memset(&run, 0, sizeof run);
  run.senders = senders;
  run.key = key;
  first_error[0] = 0;
  double ms = 0;
  run.window = 1;
  run.closed_loop = 1;
  for (char *pair = strtok(rest, " "); pair != NULL; pair = strtok(NULL, " ")) {
    char *value = strchr(pair, '=');
    if (value == NULL) continue;
    *value++ = 0;
    double number = atof(value);
    if (strcmp(pair, "mode") == 0) run.closed_loop = strcmp(value, "closed") == 0;
    else if (strcmp(pair, "ms") == 0) ms = number;
    else if (strcmp(pair, "senders") == 0) run.sender_group = (unsigned)number;
    else if (strcmp(pair, "window") == 0) run.window = (unsigned)number;
    else if (strcmp(pair, "rotate") == 0) run.rotate = (int)number;
    else if (strcmp(pair, "rate") == 0) run.rate = number;
    else if (strcmp(pair, "poisson") == 0) run.poisson = (int)number;
    else if (strcmp(pair, "spin") == 0) run.spin_ns = (uint64_t)(number * 1e3);
    else if (strcmp(pair, "expect") == 0) run.expect = (unsigned)number;
  }
  for (unsigned i = 0; i < plan.socket_count; i++) {
    struct connection *c = &connections[i];
    if (c->state == STATE_READY && c->planned->send != NULL && c->planned->group == run.sender_group) run.senders[run.sender_count++] = i;
  }
  run.active = 1;
  run.reads = total_reads;
  run.frames = total_frames;
  run.bytes = total_bytes;
  run.cpu_ns = cpu_ns();
  run.started = now_ns();
  run.stop_at = run.started + (uint64_t)(ms * 1e6);
  run.intended = (double)run.started;
  run.next_intended = run.started;
  if (run.sender_count == 0) note_error("no socket can send", 18);
  if (!run.closed_loop || run.sender_count == 0) return;
  unsigned total = run.rotate ? run.window : run.window * run.sender_count;
  for (unsigned i = 0; i < total; i++) send_next_in_turn(now_ns());
}

/* Sends what is due; returns when it must be called next. Late sends keep their intended time. */
static uint64_t run_tick(uint64_t now) {
  if (!run.active) return UINT64_MAX;
  if (!run.draining && now >= run.stop_at) {
    run.draining = 1;
    run.cpu_ns = cpu_ns() - run.cpu_ns - run.spun_ns;
    run.drain_until = now + 10000000000ull;
    run.last_arrival = now;
  }
  if (run.draining) {
    int complete = run.acked + run.refused == run.sent && run.deliveries >= run.acked * run.expect;
    if (complete || now > run.drain_until || now > run.last_arrival + 2000000000ull) {
      print_run();
      run.active = 0;
      return UINT64_MAX;
    }
    return now + 5000000;
  }
  if (run.closed_loop || run.sender_count == 0) return run.stop_at;
  while (run.next_intended <= now && run.next_intended < run.stop_at) {
    uint64_t sent = run.sent;
    send_next_in_turn(run.next_intended);
    if (run.sent == sent) return now + 100000;
    histogram_record(&run.late, now_ns() - run.next_intended);
    double gap = 1e9 / run.rate;
    if (run.poisson) gap *= -log(1.0 - drand48());
    run.intended += gap;
    run.next_intended = (uint64_t)run.intended;
  }
  return run.next_intended < run.stop_at ? run.next_intended : run.stop_at;
}

#endif
