/** The dashboard: a small web server and the page for browsers. */
@NullMarked
package io.ratelimit.cli.web;

import org.jspecify.annotations.NullMarked;
