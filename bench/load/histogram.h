/*
 * Counts durations in ns into log-linear buckets: 128 per doubling, so a value is told within 0.8 %.
 * bench/histogram.ts reads the same buckets; its test holds the two together.
 */
#ifndef MARU_HISTOGRAM_H
#define MARU_HISTOGRAM_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { HISTOGRAM_SUB_BITS = 7, HISTOGRAM_BUCKETS = (44 - HISTOGRAM_SUB_BITS) << HISTOGRAM_SUB_BITS };

struct histogram {
  uint64_t count;
  uint64_t buckets[HISTOGRAM_BUCKETS];
};

static unsigned histogram_index(uint64_t value) {
  if (value < (1u << HISTOGRAM_SUB_BITS)) return (unsigned)value;
  unsigned shift = 63u - (unsigned)__builtin_clzll(value) - HISTOGRAM_SUB_BITS;
  unsigned index = (shift << HISTOGRAM_SUB_BITS) + (unsigned)(value >> shift);
  return index < HISTOGRAM_BUCKETS ? index : HISTOGRAM_BUCKETS - 1;
}

static void histogram_record(struct histogram *h, uint64_t value) {
  h->count++;
  h->buckets[histogram_index(value)]++;
}

/* Writes the filled buckets as [[index, count], …]. */
static void histogram_print(const struct histogram *h, FILE *out) {
  const char *separator = "";
  fputc('[', out);
  for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
    if (h->buckets[i] == 0) continue;
    fprintf(out, "%s[%u,%llu]", separator, i, (unsigned long long)h->buckets[i]);
    separator = ",";
  }
  fputc(']', out);
}

#endif
