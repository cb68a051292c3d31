/*
 * Reads a plan: which sockets to open, what each says first, and how each sends.
 *
 *   target ADDRESS PORT PATH ORIGIN     a server, numbered from 0
 *   beat MS TEMPLATE                    what every socket says each MS
 *   socket TARGET GROUP                 a socket; the lines below belong to it
 *   first FRAME                         said in order, each after the reply to the one before
 *   send TEMPLATE                       what one send is; %I id, %K unique key, %T time in ns (19 digits)
 */
#ifndef MARU_PLAN_H
#define MARU_PLAN_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TARGETS = 16, MAX_SOCKETS = 19000, MAX_FIRST = 8, MAX_GROUPS = 4, MAX_TEMPLATE = 8192 };

struct target {
  struct sockaddr_in address;
  char *path;
  char *origin;
};

struct planned_socket {
  unsigned target;
  unsigned group;
  unsigned first_count;
  char *first[MAX_FIRST];
  char *send;
};

struct plan {
  unsigned target_count;
  struct target targets[MAX_TARGETS];
  unsigned socket_count;
  struct planned_socket *sockets;
  uint64_t beat_ns;
  char *beat;
};

static void fail_plan(const char *why, const char *line) {
  fprintf(stderr, "epoll-client: %s: %.120s\n", why, line);
  exit(2);
}

static void read_target(struct plan *plan, const char *rest) {
  char address[64], path[512], origin[256];
  int port;
  if (plan->target_count == MAX_TARGETS) fail_plan("too many targets", rest);
  if (sscanf(rest, "%63s %d %511s %255s", address, &port, path, origin) != 4) fail_plan("a target needs address, port, path, origin", rest);
  struct target *target = &plan->targets[plan->target_count++];
  target->address.sin_family = AF_INET;
  target->address.sin_port = htons((uint16_t)port);
  if (inet_pton(AF_INET, address, &target->address.sin_addr) != 1) fail_plan("not an IPv4 address", rest);
  if ((ntohl(target->address.sin_addr.s_addr) >> 24) != 127) fail_plan("only loopback addresses are allowed", rest);
  target->path = strdup(path);
  target->origin = strdup(origin);
}

static void read_socket(struct plan *plan, const char *rest) {
  if (plan->socket_count == MAX_SOCKETS) fail_plan("too many sockets", rest);
  struct planned_socket *socket = &plan->sockets[plan->socket_count];
  if (sscanf(rest, "%u %u", &socket->target, &socket->group) != 2) fail_plan("a socket needs target and group", rest);
  if (socket->target >= plan->target_count) fail_plan("no such target", rest);
  if (socket->group >= MAX_GROUPS) fail_plan("no such group", rest);
  plan->socket_count++;
}

static void read_socket_line(struct plan *plan, const char *word, const char *rest) {
  if (plan->socket_count == 0) fail_plan("a socket line must come first", rest);
  struct planned_socket *socket = &plan->sockets[plan->socket_count - 1];
  if (strlen(rest) > MAX_TEMPLATE) fail_plan("line too long", rest);
  if (strcmp(word, "send") == 0) {
    socket->send = strdup(rest);
  } else if (strcmp(word, "first") == 0) {
    if (socket->first_count == MAX_FIRST) fail_plan("too many first frames", rest);
    socket->first[socket->first_count++] = strdup(rest);
  } else {
    fail_plan("unknown line", word);
  }
}

static void plan_read(struct plan *plan, const char *file) {
  FILE *in = fopen(file, "r");
  if (in == NULL) fail_plan("cannot open", file);
  plan->sockets = calloc(MAX_SOCKETS, sizeof *plan->sockets);
  char *line = NULL;
  size_t capacity = 0;
  ssize_t length;
  while ((length = getline(&line, &capacity, in)) > 0) {
    if (line[length - 1] == '\n') line[--length] = 0;
    if (length == 0) continue;
    char *rest = strchr(line, ' ');
    if (rest == NULL) fail_plan("a line has a word and a rest", line);
    *rest++ = 0;
    if (strcmp(line, "target") == 0) {
      read_target(plan, rest);
    } else if (strcmp(line, "socket") == 0) {
      read_socket(plan, rest);
    } else if (strcmp(line, "beat") == 0) {
      plan->beat_ns = strtoull(rest, &rest, 10) * 1000000ull;
      plan->beat = strdup(rest + 1);
    } else {
      read_socket_line(plan, line, rest);
    }
  }
  free(line);
  fclose(in);
}

/* Fills a template; returns the length written to `out`, which holds MAX_TEMPLATE + 256 bytes. */
static size_t template_fill(char *out, const char *template, uint32_t id, const char *key, uint64_t time_ns) {
  char *p = out;
  char *end = out + MAX_TEMPLATE;
  for (const char *t = template; *t != 0 && p < end; t++) {
    if (*t != '%') {
      *p++ = *t;
    } else if (t[1] == 'I') {
      p += sprintf(p, "%u", id);
      t++;
    } else if (t[1] == 'K') {
      size_t length = strlen(key);
      memcpy(p, key, length);
      p += length;
      t++;
    } else if (t[1] == 'T') {
      p += sprintf(p, "%019llu", (unsigned long long)time_ns);
      t++;
    } else {
      *p++ = *t;
    }
  }
  return (size_t)(p - out);
}

#endif
