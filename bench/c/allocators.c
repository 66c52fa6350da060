// The kernel's way to place ranges, as a baseline: a bitmap, scanned word by word. Written from the rules of lib/genalloc.c,
// lib/bitmap.c and mm/cma.c, without their atomics, locks and page migration, so the kernel itself is slower than this.
//
// usage: allocators TRACE        prints: nanoseconds operations checksum failures
//
// A trace is a file of 64-bit words, see Trace.java.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum rule { FIRST_FIT, ALIGNED, ORDER_ALIGNED, BEST_FIT, CMA };

struct trace {
	int64_t rule, parameter, base, size, slots, initial_count, operation_count;
	const int64_t *initial, *operations;
};

static uint64_t *bits;
static int64_t available;

static int64_t next_set(int64_t size, int64_t from)
{
	if (from >= size)
		return size;
	int64_t word = from >> 6;
	uint64_t rest = bits[word] & ~0ULL << (from & 63);
	while (!rest) {
		if (++word >= (size + 63) >> 6)
			return size;
		rest = bits[word];
	}
	int64_t found = (word << 6) + __builtin_ctzll(rest);
	return found < size ? found : size;
}

static int64_t next_clear(int64_t size, int64_t from)
{
	if (from >= size)
		return size;
	int64_t word = from >> 6;
	uint64_t rest = ~bits[word] & ~0ULL << (from & 63);
	while (!rest) {
		if (++word >= (size + 63) >> 6)
			return size;
		rest = ~bits[word];
	}
	int64_t found = (word << 6) + __builtin_ctzll(rest);
	return found < size ? found : size;
}

static int64_t next_area(int64_t size, int64_t from, int64_t count, int64_t mask, int64_t offset)
{
	for (;;) {
		int64_t index = ((next_clear(size, from) + offset + mask) & ~mask) - offset;
		int64_t end = index + count;
		if (end > size)
			return size;
		int64_t conflict = next_set(end, index);
		if (conflict >= end)
			return index;
		from = conflict + 1;
	}
}

static int64_t best_fit(int64_t size, int64_t count)
{
	int64_t best = size, shortest = size + 1;
	for (int64_t at = next_area(size, 0, count, 0, 0); at < size;) {
		int64_t end = next_set(size, at + count);
		if (end - at < shortest) {
			shortest = end - at;
			best = at;
			if (shortest == count)
				break;
		}
		at = next_area(size, end + 1, count, 0, 0);
	}
	return best;
}

static void fill(int64_t from, int64_t count, int busy)
{
	int64_t first = from >> 6, last = (from + count - 1) >> 6;
	uint64_t head = ~0ULL << (from & 63), tail = ~0ULL >> (63 - ((from + count - 1) & 63));
	available += busy ? -count : count;
	for (int64_t word = first; word <= last; word++) {
		uint64_t mask = (word == first ? head : ~0ULL) & (word == last ? tail : ~0ULL);
		bits[word] = busy ? bits[word] | mask : bits[word] & ~mask;
	}
}

static int64_t power_mask(int64_t count)
{
	return count == 1 ? 0 : (int64_t)(~0ULL >> __builtin_clzll(count - 1));
}

static int64_t place(const struct trace *t, int64_t count)
{
	if (count > available)
		return t->size;
	switch ((enum rule)t->rule) {
	case FIRST_FIT:
		return next_area(t->size, 0, count, 0, 0);
	case ALIGNED:
		return next_area(t->size, 0, count, t->parameter - 1, t->base & (t->parameter - 1));
	case ORDER_ALIGNED:
		return next_area(t->size, 0, count, power_mask(count), 0);
	case BEST_FIT:
		return best_fit(t->size, count);
	case CMA: {
		int64_t cap = (1LL << t->parameter) - 1, mask = power_mask(count);
		if (mask > cap)
			mask = cap;
		return next_area(t->size, 0, count, mask, t->base & mask);
	}
	}
	return t->size;
}

static void run(const struct trace *t)
{
	int64_t *starts = malloc(t->slots * sizeof *starts), *counts = malloc(t->slots * sizeof *counts);
	size_t words = (t->size + 63) >> 6;
	bits = malloc(words * sizeof *bits);
	memset(bits, 0, words * sizeof *bits);
	available = t->size;
	for (int64_t i = 0; i < t->initial_count; i++) {
		starts[i] = t->initial[2 * i];
		counts[i] = t->initial[2 * i + 1];
		fill(starts[i], counts[i], 1);
	}
	uint64_t checksum = 0;
	int64_t failures = 0;
	struct timespec begin, end;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
	for (int64_t i = 0; i < t->operation_count; i++) {
		int64_t slot = t->operations[i] >> 32, count = t->operations[i] & 0xffffffff;
		if (count) {
			int64_t at = place(t, count);
			if (at < t->size) {
				fill(at, count, 1);
			} else {
				at = -1;
				failures++;
			}
			starts[slot] = at;
			counts[slot] = count;
			checksum = checksum * 31 + (uint64_t)at;
		} else if (starts[slot] >= 0) {
			fill(starts[slot], counts[slot], 0);
		}
	}
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
	printf("%lld %lld %lld %lld\n",
	       (long long)((end.tv_sec - begin.tv_sec) * 1000000000LL + end.tv_nsec - begin.tv_nsec),
	       (long long)t->operation_count, (long long)checksum, (long long)failures);
	free(bits);
	free(starts);
	free(counts);
}

int main(int argc, char **argv)
{
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
	if (!file) {
		fprintf(stderr, "usage: %s TRACE\n", argv[0]);
		return 2;
	}
	fseek(file, 0, SEEK_END);
	long length = ftell(file);
	rewind(file);
	int64_t *words = malloc(length);
	if (!words || fread(words, 1, length, file) != (size_t)length || length < 56) {
		fprintf(stderr, "%s: cannot read %s\n", argv[0], argv[1]);
		return 1;
	}
	fclose(file);
	struct trace t = {
		.rule = words[0], .parameter = words[1], .base = words[2], .size = words[3],
		.slots = words[4], .initial_count = words[5], .operation_count = words[6],
	};
	t.initial = words + 7;
	t.operations = t.initial + 2 * t.initial_count;
	if (length != 8 * (7 + 2 * t.initial_count + t.operation_count)) {
		fprintf(stderr, "%s: %s is cut short\n", argv[0], argv[1]);
		return 1;
	}
	run(&t);
	free(words);
	return 0;
}
