package io.dmaheap.cli;

import io.dmaheap.Answer;
import io.dmaheap.BufferListener;
import io.dmaheap.BufferSocket;
import io.dmaheap.BufferSocket.Message;
import io.dmaheap.BufferSocket.Peer;
import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.output.Sizes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Two processes and one buffer: the first writes a sentence at its start and passes it on, the second reads that and writes its own
 * at {@link #ANSWER_OFFSET}, which the first finds in its mapping.
 */
final class Sharing {
    private static final long ANSWER_OFFSET = 256;
    private static final long PAUSE_MILLIS = 100;
    /** Of {@code connect(2)} where nobody listens so far. */
    private static final Set<String> NOT_YET = Set.of("ENOENT", "ECONNREFUSED");

    private final Invocation invocation;
    private final Heaps heaps;
    private final Duration patience;

    Sharing(Invocation invocation, Heaps heaps, Duration patience) {
        this.invocation = invocation;
        this.heaps = heaps;
        this.patience = patience;
    }

    /** Allocates and gives; whether the other side's words arrived in our memory. */
    boolean offer(Path socket, String heapName, long size) {
        try (Heap heap = Invocation.find(heaps, heapName);
                DmaBuf buffer = heap.allocate(size);
                BufferListener listener = heaps.listen(socket)) {
            String written = "written by pid " + ProcessHandle.current().pid();
            write(buffer, 0, written);
            say("waiting on " + socket + " with " + BufferWords.of(buffer.info()) + ", " + Sizes.text(buffer.size()));
            try (BufferSocket peer = listener.accept(patience)) {
                peer.send(written, buffer);
                try (Message answer = peer.receive(patience)) {
                    return report("offered", peer.peer(), buffer, ANSWER_OFFSET, answer.text());
                }
            }
        }
    }

    /** Takes and answers; whether the other side's words were in the memory that came. */
    boolean take(Path socket) {
        try (BufferSocket peer = connect(socket);
                Message message = peer.receive(patience)) {
            if (message.buffers().isEmpty()) {
                invocation.err().line("dmaheap: " + socket + " is no `dmaheap share --listen`: no buffer came");
                return false;
            }
            DmaBuf buffer = message.buffers().getFirst();
            String answer = "answered by pid " + ProcessHandle.current().pid();
            boolean proven = report("taken", peer.peer(), buffer, 0, message.text());
            write(buffer, ANSWER_OFFSET, answer);
            peer.send(answer);
            return proven;
        }
    }

    /** Waits for the other side to listen: who starts first does not matter. */
    private BufferSocket connect(Path socket) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return heaps.connect(socket);
            } catch (HeapException e) {
                boolean absent = e.errno().filter(NOT_YET::contains).isPresent();
                if (!absent || System.nanoTime() - deadline >= 0) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw HeapException.of(ErrorCode.INTERRUPTED, "interrupted while waiting for the other side")
                    .build();
        }
    }

    private static boolean touchable(DmaBuf buffer) {
        return buffer.traits().cpuAccessible() != Answer.NO;
    }

    private static void write(DmaBuf buffer, long offset, String words) {
        if (touchable(buffer)) {
            try (CpuAccess access = buffer.write()) {
                access.segment().setString(offset, words);
            }
        }
    }

    private boolean report(String role, Peer peer, DmaBuf buffer, long offset, String expected) {
        String found = "";
        if (touchable(buffer)) {
            try (CpuAccess access = buffer.read()) {
                found = access.segment().getString(offset);
            }
        }
        boolean same = !touchable(buffer) || found.equals(expected);
        if (invocation.json()) {
            invocation.print(HeapJson.result(heaps)
                    .with("role", role)
                    .with(
                            "peer",
                            new JsonObject()
                                    .with("pid", peer.pid())
                                    .with("uid", peer.uid())
                                    .with("gid", peer.gid()))
                    .with("size", buffer.size())
                    .with("descriptor", buffer.info().descriptor())
                    .with("cpuAccessible", touchable(buffer))
                    .with("found", found)
                    .with("same", same));
            return same;
        }
        say("peer      pid " + peer.pid() + ", uid " + peer.uid() + ", gid " + peer.gid());
        say("buffer    " + Sizes.text(buffer.size()) + ", " + BufferWords.of(buffer.info()));
        say("it says   " + (touchable(buffer) ? "\"" + found + "\"" : "(the CPU may not look into it)"));
        say(same ? "the same memory in both processes" : "NOT the same memory: \"" + expected + "\" was expected");
        return same;
    }

    private void say(String line) {
        if (!invocation.json()) {
            invocation.out().paragraph(line, 10);
            invocation.out().flush();
        }
    }
}
