package io.dmaheap;

/**
 * The platform in use.
 *
 * @param name {@code linux}, {@code emulator}, or that of another provider
 * @param reason why it was chosen, in words
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record PlatformInfo(String name, String reason) {}
