/** The command line: its main program, and all its commands as a whole. */
@NullMarked
package io.ratelimit.cli;

import org.jspecify.annotations.NullMarked;
