/* One WebSocket of the plan: opens it, says its first frames, writes and reads frames; what frames mean is told by callbacks. */
#ifndef MARU_CONNECTION_H
#define MARU_CONNECTION_H

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frame.h"
#include "plan.h"

enum connection_state { STATE_NEW, STATE_CONNECTING, STATE_UPGRADING, STATE_GREETING, STATE_READY, STATE_CLOSED };

/* Sends one connection may have unanswered; the server allows as many commands in flight. */
enum { SLOTS = 128, READ_BUFFER = 4 << 20 };

struct connection {
  int fd;
  uint32_t index;
  enum connection_state state;
  unsigned greeted;
  uint32_t next_id;
  unsigned outstanding;
  unsigned close_code;
  /* Intended time of each unanswered send, by its number modulo SLOTS; 0 is free. */
  uint64_t *slots;
  const struct planned_socket *planned;
  char *in;
  size_t in_length, in_capacity;
  char *out;
  size_t out_length, out_offset, out_capacity;
};

/* Called for what arrives; defined by the program. */
static void on_text(struct connection *c, const char *text, size_t length);
static void on_ready(struct connection *c);
static void on_closed(struct connection *c, const char *why);

static int epoll_fd;
static struct plan plan;
static char read_buffer[READ_BUFFER];
static uint64_t total_bytes, total_reads, total_frames;

static void *must(void *memory) {
  if (memory == NULL) {
    fprintf(stderr, "epoll-client: out of memory\n");
    exit(1);
  }
  return memory;
}

static void connection_close(struct connection *c, const char *why) {
  if (c->state == STATE_CLOSED) return;
  close(c->fd);
  free(c->in);
  free(c->out);
  free(c->slots);
  c->in = c->out = NULL;
  c->slots = NULL;
  c->in_length = c->in_capacity = c->out_length = c->out_offset = c->out_capacity = 0;
  on_closed(c, why);
  c->state = STATE_CLOSED;
  c->outstanding = 0;
}

static void connection_listen(struct connection *c, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data.u32 = c->index};
  epoll_ctl(epoll_fd, operation, c->fd, &event);
}

static void connection_open(struct connection *c) {
  const struct target *target = &plan.targets[c->planned->target];
  c->greeted = 0;
  c->next_id = 0;
  c->close_code = 0;
  c->outstanding = 0;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c->fd < 0) {
    c->state = STATE_NEW;
    connection_close(c, strerror(errno));
    return;
  }
  int on = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  c->state = STATE_CONNECTING;
  int result = connect(c->fd, (const struct sockaddr *)&target->address, sizeof target->address);
  if (result < 0 && errno != EINPROGRESS) {
    connection_close(c, strerror(errno));
    return;
  }
  connection_listen(c, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

/* Writes bytes now or keeps what the kernel does not take until the socket is writable. */
static void connection_write(struct connection *c, const char *bytes, size_t length) {
  if (c->out_length == 0) {
    ssize_t written = send(c->fd, bytes, length, MSG_NOSIGNAL);
    if (written == (ssize_t)length) return;
    if (written < 0 && errno != EAGAIN) {
      connection_close(c, strerror(errno));
      return;
    }
    if (written > 0) {
      bytes += written;
      length -= (size_t)written;
    }
    connection_listen(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
  }
  if (c->out_length + length > c->out_capacity) {
    c->out_capacity = (c->out_length + length) * 2;
    c->out = must(realloc(c->out, c->out_capacity));
  }
  memcpy(c->out + c->out_length, bytes, length);
  c->out_length += length;
}

static void connection_write_frame(struct connection *c, unsigned opcode, const char *payload, size_t length) {
  static char framed[MAX_TEMPLATE + 256 + FRAME_HEAD_MAX];
  if (length > MAX_TEMPLATE + 256) return;
  connection_write(c, framed, frame_encode(framed, opcode, payload, length));
}

static void connection_upgrade(struct connection *c) {
  const struct target *target = &plan.targets[c->planned->target];
  char request[2048];
  int length = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nOrigin: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: bWFydSBiZW5jaCBjbGllbg==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                        target->path, (unsigned)ntohs(target->address.sin_port), target->origin);
  c->state = STATE_UPGRADING;
  connection_listen(c, EPOLL_CTL_MOD, EPOLLIN);
  connection_write(c, request, (size_t)length);
}

/* Says the next first frame, or is ready when all were answered. */
static void connection_greet(struct connection *c) {
  if (c->greeted < c->planned->first_count) {
    const char *text = c->planned->first[c->greeted];
    connection_write_frame(c, OPCODE_TEXT, text, strlen(text));
    return;
  }
  c->state = STATE_READY;
  on_ready(c);
}

static void connection_writable(struct connection *c) {
  if (c->state == STATE_CONNECTING) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) connection_close(c, strerror(error));
    else connection_upgrade(c);
    return;
  }
  ssize_t written = send(c->fd, c->out + c->out_offset, c->out_length - c->out_offset, MSG_NOSIGNAL);
  if (written < 0) {
    if (errno != EAGAIN) connection_close(c, strerror(errno));
    return;
  }
  c->out_offset += (size_t)written;
  if (c->out_offset < c->out_length) return;
  c->out_offset = c->out_length = 0;
  connection_listen(c, EPOLL_CTL_MOD, EPOLLIN);
}

static void connection_frame(struct connection *c, const struct frame *frame, const char *payload) {
  total_frames++;
  if (frame->opcode == OPCODE_TEXT) {
    on_text(c, payload, frame->length);
  } else if (frame->opcode == OPCODE_PING) {
    connection_write_frame(c, OPCODE_PONG, payload, frame->length);
  } else if (frame->opcode == OPCODE_CLOSE) {
    if (frame->length >= 2) c->close_code = ((unsigned)(unsigned char)payload[0] << 8) | (unsigned char)payload[1];
    connection_close(c, "closed by the server");
  }
}

/* Takes the answer to the upgrade off the front; the accept header is not checked: both ends are ours, on loopback. */
static size_t connection_upgraded(struct connection *c, char *bytes, size_t length) {
  char *end = memmem(bytes, length, "\r\n\r\n", 4);
  if (end == NULL) return 0;
  if (length < 12 || memcmp(bytes, "HTTP/1.1 101", 12) != 0) {
    bytes[length < 40 ? length : 40] = 0;
    connection_close(c, bytes);
    return 0;
  }
  c->state = STATE_GREETING;
  connection_greet(c);
  return (size_t)(end + 4 - bytes);
}

static void connection_readable(struct connection *c) {
  size_t kept = c->in_length;
  if (kept > 0) memcpy(read_buffer, c->in, kept);
  ssize_t got = recv(c->fd, read_buffer + kept, READ_BUFFER - 1 - kept, 0);
  if (got <= 0) {
    if (got == 0 || errno != EAGAIN) connection_close(c, got == 0 ? "end of stream" : strerror(errno));
    return;
  }
  total_reads++;
  total_bytes += (uint64_t)got;
  size_t length = kept + (size_t)got;
  size_t at = 0;
  if (c->state == STATE_UPGRADING) at = connection_upgraded(c, read_buffer, length);
  while (at < length && (c->state == STATE_READY || c->state == STATE_GREETING)) {
    struct frame frame;
    int whole = frame_decode(read_buffer + at, length - at, &frame);
    if (whole < 0 || (whole == 0 && at == 0 && length == READ_BUFFER - 1)) connection_close(c, "a frame that is none of a server's");
    if (whole <= 0) break;
    connection_frame(c, &frame, read_buffer + at + frame.head_length);
    at += frame.head_length + frame.length;
  }
  if (c->state == STATE_CLOSED) return;
  c->in_length = length - at;
  if (c->in_length > c->in_capacity) {
    c->in_capacity = c->in_length * 2;
    c->in = must(realloc(c->in, c->in_capacity));
  }
  if (c->in_length > 0) memcpy(c->in, read_buffer + at, c->in_length);
}

#endif
