package io.dmaheap.conformance.zoo;

/**
 * The source of a sound plugin. Each callback begins with a mark, which {@link Specimen#in} replaces by what it does wrong. The heap is
 * a plain one, or a restricted one if {@code register} registers {@code new Secret()}.
 */
final class Template {
    static final String IMPORTS = """
            import io.dmaheap.*;
            import io.dmaheap.spi.*;
            import java.lang.foreign.*;
            import java.time.Duration;
            import java.util.*;
            import java.util.concurrent.*;
            """;

    static final String PROVIDER = """
            public final class Provider implements HeapProvider {
                static volatile HeapContext context;
                static volatile HeapOps memory;

                static { /*init*/ }

                public Provider() { /*constructor*/ }

                @Override public void start(HeapContext given) {
                    context = given;
                    memory = given.platform().systemMemory().orElseThrow();
                    /*start*/
                    context.probe(() -> { /*look*/ });
                    /*register*/
                    if (context != null) { context.register(new HeapSpec("/*heap*/", Traits.SYSTEM), new Ops()); }
                    /*started*/
                }

                @Override public void stop() { /*stop*/ }
            }

            class Ops implements HeapOps {
                Memory kept;

                @Override public Memory allocate(AllocationRequest request) {
                    /*allocate*/
                    return new Buffer(Provider.memory.allocate(request));
                }

                @Override public long heapFlags() { /*heapFlags*/ return 1; }

                @Override public HeapStatus status() { /*status*/ return HeapStatus.UNKNOWN; }

                @Override public void close() { /*close*/ }
            }

            class Secret implements RestrictedHeapOps<Memory> {
                static void register() {
                    Provider.context.registerRestricted(new HeapSpec("/*heap*/", Traits.UNKNOWN), new Secret());
                    Provider.context = null;
                }

                @Override public long heapFlags() { return 1; }

                @Override public void init() { /*init()*/ }

                @Override public Memory alloc(AllocationRequest request) {
                    /*alloc*/
                    return new Buffer(Provider.memory.allocate(request));
                }

                @Override public void restrict(Memory memory) { /*restrict*/ }

                @Override public void unrestrict(Memory memory) { /*unrestrict*/ }

                @Override public void free(Memory memory) { memory.release(); /*free*/ }
            }

            class Buffer extends ForwardingMemory {
                final Memory memory;

                Buffer(Memory memory) { super(memory); this.memory = memory; }

                @Override public long size() { /*size*/ return memory.size(); }

                @Override public void release() { memory.release(); /*release*/ }

                @Override public MemoryInfo info() { /*info*/ return memory.info(); }

                @Override public Mapping map(Access access) { /*map*/ return new View(memory.map(access)); }

                @Override public void beginCpuAccess(Access access) { /*beginCpuAccess*/ memory.beginCpuAccess(access); }

                @Override public void endCpuAccess(Access access) { memory.endCpuAccess(access); /*endCpuAccess*/ }

                @Override public boolean awaitIdle(Access access, Duration timeout) { /*awaitIdle*/ return true; }

                @Override public Fence exportFence(Access access) { /*exportFence*/ return memory.exportFence(access); }

                @Override public Optional<AccessList> accessList() { /*accessList*/ return memory.accessList(); }

                @Override public OptionalLong secureHandle() { /*secureHandle*/ return OptionalLong.empty(); }

                @Override public DmaBufFd exportFd() { /*exportFd*/ return memory.exportFd(); }

                @Override public void setName(String name) { /*setName*/ memory.setName(name); }
            }

            class View implements Mapping {
                final Mapping mapping;

                View(Mapping mapping) { this.mapping = mapping; }

                @Override public MemorySegment segment(Arena scope) { /*segment*/ return mapping.segment(scope); }

                @Override public void unmap() { mapping.unmap(); /*unmap*/ }
            }
            """;

    /** What a callback may do wrong. The compiler does not see that these methods never return. */
    static final String BAD = """
            final class Bad {
                private Bad() {}

                static final boolean ALWAYS = System.nanoTime() != 0 || true;

                static void throwing() { throw new IllegalStateException("zoo"); }

                static void error() { throw new AssertionError("zoo"); }

                static void linkage() { throw new NoClassDefFoundError("zoo"); }

                static void refusing() { throw HeapException.of(ErrorCode.DEVICE_GONE, "zoo").build(); }

                static void checked() { Bad.<RuntimeException>raise(new java.io.IOException("zoo")); }

                @SuppressWarnings("unchecked")
                private static <T extends Throwable> void raise(Throwable e) throws T { throw (T) e; }

                static void mute() { throw new Mute(); }

                static class Mute extends RuntimeException {
                    @Override public String toString() { throw new AssertionError("zoo"); }
                    @Override public String getMessage() { throw new AssertionError("zoo"); }
                    @Override public synchronized Throwable getCause() { throw new AssertionError("zoo"); }
                    @Override public StackTraceElement[] getStackTrace() { throw new AssertionError("zoo"); }
                }

                static int recursing() { return 1 + recursing(); }

                static void eating() {
                    List<byte[]> eaten = new ArrayList<>();
                    while (true) { eaten.add(new byte[1 << 24]); }
                }

                static void blocking() {
                    while (true) {
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            // and goes on
                        }
                    }
                }

                static void heeding() {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }

                static void lagging() {
                    long end = System.nanoTime() + 2_500_000_000L;
                    while (System.nanoTime() < end) {
                        try {
                            Thread.sleep(10);
                        } catch (InterruptedException e) {
                            // and goes on
                        }
                    }
                }

                static void spinning() {
                    while (ALWAYS) { Thread.onSpinWait(); }
                }

                static void interrupting() { Thread.currentThread().interrupt(); }

                static void exiting() { System.exit(3); }

                static void halting() { Runtime.getRuntime().halt(3); }

                static void dying() { throw new ThreadDeath(); }

                static Thread thread(Runnable body) {
                    Thread thread = new Thread(body, "zoo-thread");
                    thread.setDaemon(true);
                    thread.start();
                    return thread;
                }
            }
            """;

    private Template() {}

    static String mark(String callback) {
        return "/*" + callback + "*/";
    }
}
