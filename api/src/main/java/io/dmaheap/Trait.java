package io.dmaheap;

/** One property of a heap's memory that a caller can ask for in a {@link Need}. */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public enum Trait {
    /** Physically contiguous: one segment, whatever the size. */
    CONTIGUOUS,
    /** The CPU's mapping is cached; access needs the begin/end bracket, which {@link CpuAccess} is. */
    CACHED,
    /** The CPU may map and touch it. */
    CPU_ACCESSIBLE,
    /** Filled with zeros when handed out. */
    ZEROED,
    /** Only certain devices may touch it, the CPU never. */
    PROTECTED
}
