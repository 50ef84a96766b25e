/**
 * Judges a run with a fault, from the journals of the processes and the raw keys in Redis. It uses
 * no class of the library, so that no bug of the library can hide itself.
 */
@NullMarked
package io.ratelimit.benchmarks.faults.judge;

import org.jspecify.annotations.NullMarked;
