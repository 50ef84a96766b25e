/** What an API says of how much of its limit is left, in the dialects of its headers. */
@NullMarked
package io.ratelimit.http.quota;

import org.jspecify.annotations.NullMarked;
