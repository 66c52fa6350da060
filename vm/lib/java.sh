# SPDX-License-Identifier: Apache-2.0
# The guest's Java runtime, cut down to the modules that the application, its tests and its benches use.

java_modules=java.base,java.compiler,java.instrument,java.logging,java.management,java.naming,java.xml
java_modules+=,jdk.jfr,jdk.management,jdk.unsupported,jdk.zipfs

# What is quickest for a command of seconds under emulation (measured, see README.md). A later option on a command line wins.
java_options="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
