/** A platform, memory and plugins in plain Java that count what they give out and fail where they are told to. */
package io.dmaheap.core.fake;
