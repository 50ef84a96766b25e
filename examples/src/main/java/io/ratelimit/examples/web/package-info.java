/** What this program shows over HTTP. */
@NullMarked
package io.ratelimit.examples.web;

import org.jspecify.annotations.NullMarked;
