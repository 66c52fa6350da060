/**
 * From a directory of jars to running providers: discovery, dependency order, one module layer per jar, draining, unloading. The
 * one room that knows PF4J; what a provider does once it runs is the business of {@link io.dmaheap.core.plugin.ProviderHost}.
 */
@NullMarked
package io.dmaheap.core.plugin;

import org.jspecify.annotations.NullMarked;
