// What a browser gets: documents, redirections and files, each with what the browser must hold to.
#pragma once

#include <string>
#include <string_view>

#include "server/request.h"

namespace sluice::pages {

// A whole HTML document, which nobody keeps. Compressed where the request allows it.
[[nodiscard]] server::Response document(const server::Request& request, std::string html,
                                        unsigned status = 200);

// "Look there" (303): what a form is answered with, so that a reload sends nothing twice. `path` is
// one of ours.
[[nodiscard]] server::Response redirection(std::string path);

// What every answer of ours says: no framing, no scripts or styles but our own files, no guessing
// of types, no referrer, and that nobody keeps it.
void secure(server::Response& response);

// Whether the request says that it takes gzip (RFC 9110, 12.5.3).
[[nodiscard]] bool takes_gzip(const server::Request& request);

// Whether a path that came from outside is one on this very host, so that to go there is no open
// redirection: no scheme, no authority, nothing that some browser reads as either.
[[nodiscard]] bool is_local_path(std::string_view path);

}  // namespace sluice::pages
