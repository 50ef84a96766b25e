/** Tables, printed row by row as they are measured. */
package io.ratelimit.benchmarks.table;
