package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.HeapsOptions;
import io.dmaheap.HeapsOptions.LeakDetection;
import java.net.URL;
import java.util.Enumeration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_PROPERTIES)
class OptionsTests {
    @Test
    void anEmptyPropertyIsNone() {
        List<String> names = List.of("dmaheap.platform", "dmaheap.plugins", "dmaheap.policy", "dmaheap.leaks");
        names.forEach(name -> System.setProperty(name, ""));
        try {
            var options = HeapsOptions.defaults();

            assertThat(options.platform()).isEmpty();
            assertThat(options.plugins()).isEmpty();
            assertThat(options.policy()).isEmpty();
            assertThat(options.leakDetection()).isEqualTo(LeakDetection.SAMPLED);
        } finally {
            names.forEach(System::clearProperty);
        }
    }

    @Test
    void platformsAreFoundWhateverTheContextClassLoaderIs() {
        var thread = Thread.currentThread();
        ClassLoader usual = thread.getContextClassLoader();
        var found = Platforms.all().size();
        thread.setContextClassLoader(new ClassLoader(null) {
            @Override
            public Enumeration<URL> getResources(String name) {
                throw new AssertionError("the context class loader was asked for " + name);
            }
        });
        try {
            assertThat(Platforms.all()).hasSize(found);
        } finally {
            thread.setContextClassLoader(usual);
        }
    }
}
