/**
 * Judges a run with a fault in it: from what the processes wrote down and from the raw keys in
 * Redis. Nothing here uses a class of the library, so that no error of the library can hide itself.
 */
@NullMarked
package io.ratelimit.benchmarks.faults.judge;

import org.jspecify.annotations.NullMarked;
