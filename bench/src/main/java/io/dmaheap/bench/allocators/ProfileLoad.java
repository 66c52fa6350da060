package io.dmaheap.bench.allocators;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** As many clients of one {@link Profile} as fit into nine tenths of the memory, each at its own moment of its life. */
final class ProfileLoad {
    private final Profile profile;
    private final TraceRecorder recorder;
    private final Random random;
    private final List<Client> clients = new ArrayList<>();

    private ProfileLoad(Profile profile, TraceRecorder recorder, Random random) {
        this.profile = profile;
        this.recorder = recorder;
        this.random = random;
    }

    /** Whether one client fits. */
    static boolean fits(Profile profile, int size) {
        return profile.pages() <= size * 0.9;
    }

    static Trace trace(Profile profile, Rule rule, int size, int operations, long seed) {
        var recorder = new TraceRecorder(rule, size);
        var load = new ProfileLoad(profile, recorder, new Random(seed));
        long count = (long) (size * 0.9) / profile.pages();
        long steps = 0;
        for (long client = 0; client < count; client++) {
            load.clients.add(load.new Client());
            steps += 3L * load.clients.getLast().life();
        }
        for (long step = 0; step < steps; step++) {
            load.step();
        }
        recorder.start();
        while (recorder.recorded() < operations) {
            load.step();
        }
        return recorder.trace();
    }

    private void step() {
        clients.get(random.nextInt(clients.size())).step();
    }

    private final class Client {
        private record Live(long page, int pages) {}

        private final Deque<Integer> wanted = new ArrayDeque<>();
        private final List<Live> live = new ArrayList<>();
        private int replacements;

        Client() {
            begin();
        }

        private void begin() {
            var sizes = new ArrayList<Integer>();
            profile.buffers().forEach(group -> sizes.addAll(Collections.nCopies(group.count(), group.pages())));
            replacements = (int) (profile.replaced() * sizes.size());
            wanted.addAll(sizes);
        }

        /** The steps from its first buffer to its last. */
        int life() {
            return 2 * (wanted.size() + replacements);
        }

        void step() {
            if (!wanted.isEmpty()) {
                int pages = wanted.pop();
                long page = recorder.allocate(pages);
                if (page >= 0) {
                    live.add(new Live(page, pages));
                }
            } else if (live.isEmpty()) {
                begin();
            } else {
                Live freed = live.remove(random.nextInt(live.size()));
                recorder.free(freed.page, freed.pages);
                if (replacements > 0) {
                    replacements--;
                    wanted.add(freed.pages);
                }
            }
        }
    }
}
