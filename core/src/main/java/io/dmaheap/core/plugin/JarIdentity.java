package io.dmaheap.core.plugin;

import static io.dmaheap.Problem.Kind.BAD_SIGNATURE;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipException;

/**
 * By what a jar is known, whatever its name and manifest say.
 *
 * @param digest {@code sha256:} and the digest of its bytes
 * @param signers {@code signer:} and the SHA-256 fingerprint of each certificate that all of its entries are signed with; none for a jar
 *     without signature
 */
record JarIdentity(String digest, Set<String> signers) {
    /** What a signature consists of, which cannot be signed itself (JAR File Specification, Signed JAR File). */
    private static final Pattern SIGNATURE =
            Pattern.compile("META-INF/(MANIFEST\\.MF|SIG-[^/]*|[^/]*\\.(SF|RSA|DSA|EC))");

    /** What is unpacked to verify a signature; more is no sound jar. */
    private static final long MOST_UNPACKED = 1L << 30;

    private static final Pattern SIGNATURE_FILE = Pattern.compile("META-INF/[^/]*\\.SF");

    JarIdentity {
        signers = Set.copyOf(signers);
    }

    /**
     * Reads all of a jar, and verifies its signature if it has one. Whether a certificate is trusted is for the policy to say.
     *
     * @param subject its name, for the problem
     * @throws PluginRejected if the signature does not verify, or does not cover every entry
     */
    static JarIdentity of(Path jar, String subject) throws IOException {
        String digest = "sha256:" + sha256(jar);
        try {
            return new JarIdentity(digest, signers(jar));
        } catch (ZipException e) {
            // No jar, which is for the inspector to say.
            return new JarIdentity(digest, Set.of());
        } catch (SecurityException e) {
            throw PluginRejected.because(
                    BAD_SIGNATURE,
                    subject,
                    "its signature does not verify: " + e.getMessage(),
                    "Get the jar from its vendor again, or see `jarsigner -verify -verbose " + subject + "`",
                    e);
        }
    }

    /** Digest and signers. */
    List<String> marks() {
        List<String> marks = new ArrayList<>();
        marks.add(digest);
        marks.addAll(new TreeSet<>(signers));
        return marks;
    }

    private static String sha256(Path jar) throws IOException {
        MessageDigest sha = sha256();
        try (var out = new DigestOutputStream(OutputStream.nullOutputStream(), sha)) {
            Files.copy(jar, out);
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private static Set<String> signers(Path path) throws IOException {
        try (var jar = new JarFile(path.toFile())) {
            List<JarEntry> entries = jar.stream().toList();
            if (entries.stream().noneMatch(entry -> matches(SIGNATURE_FILE, entry))) {
                return Set.of();
            }
            Set<String> common = null;
            long left = MOST_UNPACKED;
            for (JarEntry entry : entries) {
                if (entry.isDirectory() || matches(SIGNATURE, entry)) {
                    continue;
                }
                left -= read(jar, entry, left);
                Set<String> signers = signers(entry);
                if (common == null) {
                    common = signers;
                } else {
                    common.retainAll(signers);
                }
                if (common.isEmpty()) {
                    throw new SecurityException(entry.getName() + " is not signed, or not by who signed the rest");
                }
            }
            return common == null ? Set.of() : common;
        }
    }

    private static boolean matches(Pattern pattern, JarEntry entry) {
        return pattern.matcher(entry.getName().toUpperCase(Locale.ROOT)).matches();
    }

    /** Reads an entry to its end, which is when the JDK verifies it; gives its bytes. */
    private static long read(JarFile jar, JarEntry entry, long most) throws IOException {
        byte[] buffer = new byte[1 << 14];
        long size = 0;
        try (InputStream in = jar.getInputStream(entry)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                size += count;
                if (size > most) {
                    throw new SecurityException("the jar unpacks to more than " + MOST_UNPACKED + " bytes");
                }
            }
        }
        return size;
    }

    private static Set<String> signers(JarEntry entry) {
        Set<String> signers = new TreeSet<>();
        CodeSigner[] all = entry.getCodeSigners();
        for (CodeSigner signer : all == null ? List.<CodeSigner>of() : Arrays.asList(all)) {
            signers.add("signer:" + fingerprint(signer));
        }
        return signers;
    }

    private static String fingerprint(CodeSigner signer) {
        try {
            byte[] certificate =
                    signer.getSignerCertPath().getCertificates().getFirst().getEncoded();
            return HexFormat.of().formatHex(sha256().digest(certificate));
        } catch (CertificateEncodingException e) {
            throw new SecurityException("its certificate cannot be encoded", e);
        }
    }
}
