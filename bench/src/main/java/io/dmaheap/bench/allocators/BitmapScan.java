package io.dmaheap.bench.allocators;

/** What one would write in Java first: the same bitmap and the same scan as the C program. */
final class BitmapScan implements Contestant {
    @Override
    public Result run(Trace trace) {
        var map = new Bitmap(trace);
        long[] starts = new long[trace.slots()];
        int[] counts = new int[trace.slots()];
        for (int i = 0; i < trace.initial().length / 2; i++) {
            starts[i] = trace.initial()[2 * i];
            counts[i] = (int) trace.initial()[2 * i + 1];
            map.fill((int) starts[i], counts[i], true);
        }
        long checksum = 0;
        long failures = 0;
        long begin = Result.cpuNanos();
        for (long operation : trace.operations()) {
            int slot = Trace.slot(operation);
            int pages = Trace.pages(operation);
            if (pages > 0) {
                int at = map.place(pages);
                if (at < trace.size()) {
                    map.fill(at, pages, true);
                } else {
                    at = -1;
                    failures++;
                }
                starts[slot] = at;
                counts[slot] = pages;
                checksum = checksum * 31 + at;
            } else if (starts[slot] >= 0) {
                map.fill((int) starts[slot], counts[slot], false);
            }
        }
        return new Result(Result.cpuNanos() - begin, trace.operations().length, checksum, failures);
    }

    private static final class Bitmap {
        private final Rule rule;
        private final int parameter;
        private final long base;
        private final int size;
        private final long[] bits;
        private int available;

        Bitmap(Trace trace) {
            rule = trace.rule();
            parameter = rule.parameter();
            base = trace.base();
            size = trace.size();
            bits = new long[(size + 63) >>> 6];
            available = size;
        }

        int place(int count) {
            if (count > available) {
                return size;
            }
            return switch (rule) {
                case FIRST_FIT -> nextArea(0, count, 0, 0);
                case ALIGNED -> nextArea(0, count, parameter - 1, (int) (base & parameter - 1));
                case ORDER_ALIGNED -> nextArea(0, count, powerMask(count), 0);
                case BEST_FIT -> bestFit(count);
                case CMA -> {
                    int mask = Math.min(powerMask(count), (1 << parameter) - 1);
                    yield nextArea(0, count, mask, (int) (base & mask));
                }
            };
        }

        private static int powerMask(int count) {
            return count == 1 ? 0 : -1 >>> Integer.numberOfLeadingZeros(count - 1);
        }

        private int nextArea(int start, int count, int mask, int offset) {
            int from = start;
            while (true) {
                int index = (next(size, from, -1L) + offset + mask & ~mask) - offset;
                int end = index + count;
                if (end > size) {
                    return size;
                }
                int conflict = next(end, index, 0);
                if (conflict >= end) {
                    return index;
                }
                from = conflict + 1;
            }
        }

        private int bestFit(int count) {
            int best = size;
            int shortest = size + 1;
            for (int at = nextArea(0, count, 0, 0); at < size; ) {
                int end = next(size, at + count, 0);
                if (end - at < shortest) {
                    shortest = end - at;
                    best = at;
                    if (shortest == count) {
                        break;
                    }
                }
                at = nextArea(end + 1, count, 0, 0);
            }
            return best;
        }

        /** The next set bit below {@code limit}, or the next clear one if {@code flip} is all ones. */
        private int next(int limit, int from, long flip) {
            if (from >= limit) {
                return limit;
            }
            int word = from >>> 6;
            long rest = (bits[word] ^ flip) & -1L << from;
            while (rest == 0) {
                if (++word >= limit + 63 >>> 6) {
                    return limit;
                }
                rest = bits[word] ^ flip;
            }
            return Math.min(limit, (word << 6) + Long.numberOfTrailingZeros(rest));
        }

        void fill(int from, int count, boolean busy) {
            available += busy ? -count : count;
            int last = from + count - 1;
            for (int word = from >>> 6; word <= last >>> 6; word++) {
                long mask = (word == from >>> 6 ? -1L << from : -1L) & (word == last >>> 6 ? -1L >>> ~last : -1L);
                bits[word] = busy ? bits[word] | mask : bits[word] & ~mask;
            }
        }
    }
}
