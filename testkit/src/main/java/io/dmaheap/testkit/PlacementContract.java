package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.DeviceInfo;
import io.dmaheap.DeviceMapping.Segment;
import io.dmaheap.DmaBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Memory lies as the traits promise. Only devices see where it lies, so where the platform names none, nothing is looked at. */
interface PlacementContract extends Subject {

    @Test
    default void everyBufferStartsAtThePromisedAlignment() {
        List<DmaBuf> buffers = new ArrayList<>();
        try {
            // Side by side, since the first of a pool may be aligned by chance.
            for (int i = 0; i < 3; i++) {
                buffers.add(heap().allocate(4096));
            }
            for (DmaBuf buffer : buffers) {
                for (List<Segment> segments : seenByDevices(buffer)) {
                    assertThat(segments.getFirst().address() % heap().traits().alignment())
                            .as(
                                    "start of %s beyond a multiple of %d",
                                    segments, heap().traits().alignment())
                            .isZero();
                }
            }
        } finally {
            buffers.forEach(DmaBuf::close);
        }
    }

    private List<List<Segment>> seenByDevices(DmaBuf buffer) {
        var seen = new ArrayList<List<Segment>>();
        for (DeviceInfo device : heaps().devices()) {
            if (buffer.canAccess(device.name(), Access.READ) == Answer.YES) {
                try (var attachment =
                                heaps().device(device.name()).orElseThrow().attach(buffer);
                        var mapping = attachment.map(Access.READ)) {
                    seen.add(mapping.segments());
                }
            }
        }
        return seen;
    }
}
