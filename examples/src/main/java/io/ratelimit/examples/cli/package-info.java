/** The command line: {@code demo}, {@code plan} and {@code simulate}. */
@NullMarked
package io.ratelimit.examples.cli;

import org.jspecify.annotations.NullMarked;
