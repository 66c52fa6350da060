package io.dmaheap;

import io.dmaheap.tee.TeeReply;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong, where, with which {@code errno}, and what to try next.
 *
 * <p>The message is complete by itself, in the order: what failed, the heap, the operation and {@code errno}, the hint. When it
 * is thrown, everything that the failed operation had taken (file descriptors, mappings, references, bytes) has been given back.
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public final class HeapException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final @Nullable String heap;
    private final @Nullable String operation;
    private final @Nullable String errno;
    private final @Nullable String hint;
    private final transient @Nullable TeeReply teeReply;

    private HeapException(Builder builder) {
        super(builder.message(), builder.cause);
        this.code = builder.code;
        this.heap = builder.heap;
        this.operation = builder.operation;
        this.errno = builder.errno;
        this.hint = builder.hint;
        this.teeReply = builder.teeReply;
    }

    /**
     * Starts an exception.
     *
     * @param code the kind of the failure
     * @param what one sentence without a full stop that says what failed
     */
    public static Builder of(ErrorCode code, String what) {
        return new Builder(code, what);
    }

    /** All of it in one line: what failed, the heap, the operation and {@code errno}, the hint. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /** The kind of the failure. */
    public ErrorCode code() {
        return code;
    }

    /** The name of the heap, if one was involved. */
    public Optional<String> heap() {
        return Optional.ofNullable(heap);
    }

    /** The system call, ioctl or plugin operation that failed, such as {@code DMA_HEAP_IOCTL_ALLOC}. */
    public Optional<String> operation() {
        return Optional.ofNullable(operation);
    }

    /** The symbolic {@code errno}, such as {@code ENOMEM}, if a system call failed. */
    public Optional<String> errno() {
        return Optional.ofNullable(errno);
    }

    /** The likely cause and the next thing to try. */
    public Optional<String> hint() {
        return Optional.ofNullable(hint);
    }

    /** What a TEE or trusted application answered, if one did: result, origin and what it wrote back. Not kept by serialization. */
    public Optional<TeeReply> teeReply() {
        return Optional.ofNullable(teeReply);
    }

    /** Collects the parts of a {@link HeapException}. Not safe for use by several threads. */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    public static final class Builder {
        private final ErrorCode code;
        private final String what;
        private @Nullable String heap;
        private @Nullable String operation;
        private @Nullable String errno;
        private @Nullable String hint;
        private @Nullable TeeReply teeReply;
        private @Nullable Throwable cause;

        private Builder(ErrorCode code, String what) {
            this.code = Objects.requireNonNull(code, "code");
            this.what = Objects.requireNonNull(what, "what");
        }

        /** Names the heap. */
        public Builder heap(String name) {
            this.heap = name;
            return this;
        }

        /** Names the operation that failed. */
        public Builder operation(String name) {
            this.operation = name;
            return this;
        }

        /** Gives the symbolic {@code errno}. */
        public Builder errno(String name) {
            this.errno = name;
            return this;
        }

        /** Says the likely cause and the next thing to try. */
        public Builder hint(String text) {
            this.hint = text;
            return this;
        }

        /** Keeps what a TEE or trusted application answered. */
        public Builder teeReply(TeeReply reply) {
            this.teeReply = reply;
            return this;
        }

        /** Keeps what caused this. */
        public Builder cause(@Nullable Throwable throwable) {
            this.cause = throwable;
            return this;
        }

        /** Makes the exception. */
        public HeapException build() {
            return new HeapException(this);
        }

        private String message() {
            var text = new StringBuilder(what);
            if (heap != null) {
                text.append(" [heap ").append(heap).append(']');
            }
            if (operation != null || errno != null) {
                text.append(" (");
                text.append(operation == null ? "" : operation);
                text.append(operation == null || errno == null ? "" : ": ");
                text.append(errno == null ? "" : errno);
                text.append(')');
            }
            if (hint != null) {
                text.append(". ").append(hint);
            }
            return text.toString();
        }
    }
}
