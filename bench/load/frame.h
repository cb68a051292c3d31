/* RFC 6455 frames as a client needs them: masked out, unmasked in. */
#ifndef MARU_FRAME_H
#define MARU_FRAME_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { OPCODE_TEXT = 1, OPCODE_CLOSE = 8, OPCODE_PING = 9, OPCODE_PONG = 10, FRAME_HEAD_MAX = 14 };

struct frame {
  unsigned opcode;
  size_t head_length;
  size_t length;
};

static uint32_t frame_seed = 0x9e3779b9u;

/* A fresh key for each frame; it needs to differ, not to be secret, on loopback. */
static uint32_t frame_mask(void) {
  frame_seed ^= frame_seed << 13;
  frame_seed ^= frame_seed >> 17;
  frame_seed ^= frame_seed << 5;
  return frame_seed;
}

/* Writes head and masked payload, below 64 KiB, to `out` (FRAME_HEAD_MAX + length bytes) and returns the bytes written. */
static size_t frame_encode(char *out, unsigned opcode, const char *payload, size_t length) {
  unsigned char *p = (unsigned char *)out;
  uint32_t mask = frame_mask();
  *p++ = (unsigned char)(0x80u | opcode);
  if (length < 126) {
    *p++ = (unsigned char)(0x80u | length);
  } else {
    *p++ = 0x80u | 126u;
    *p++ = (unsigned char)(length >> 8);
    *p++ = (unsigned char)length;
  }
  memcpy(p, &mask, 4);
  p += 4;
  uint64_t wide = ((uint64_t)mask << 32) | mask;
  size_t i = 0;
  for (; i + 8 <= length; i += 8) {
    uint64_t word;
    memcpy(&word, payload + i, 8);
    word ^= wide;
    memcpy(p + i, &word, 8);
  }
  const unsigned char *key = (const unsigned char *)&mask;
  for (; i < length; i++) p[i] = (unsigned char)payload[i] ^ key[i & 3];
  return (size_t)(p - (unsigned char *)out) + length;
}

/* Reads a frame's head: 1 when head and payload are there, 0 when more bytes must come, -1 when it is no server frame. */
static int frame_decode(const char *in, size_t available, struct frame *frame) {
  const unsigned char *p = (const unsigned char *)in;
  if (available < 2) return 0;
  if ((p[0] & 0x70u) != 0 || (p[1] & 0x80u) != 0 || (p[0] & 0x80u) == 0) return -1;
  frame->opcode = p[0] & 0x0fu;
  size_t length = p[1];
  size_t head = 2;
  if (length == 126) {
    if (available < 4) return 0;
    length = ((size_t)p[2] << 8) | p[3];
    head = 4;
  } else if (length == 127) {
    if (available < 10) return 0;
    length = 0;
    for (int i = 2; i < 10; i++) length = (length << 8) | p[i];
    head = 10;
    if (length > (64u << 20)) return -1;
  }
  frame->head_length = head;
  frame->length = length;
  return available >= head + length;
}

#endif
