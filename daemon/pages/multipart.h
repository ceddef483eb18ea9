// A form with a file in it, as browsers send it: multipart/form-data (RFC 7578).
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "pages/form.h"
#include "pages/upload.h"
#include "record/failure.h"

namespace sluice::pages {

struct MultipartForm {
  Form form;  // what was typed
  std::optional<Upload> file;
};

// `content_type` is the request's, with its boundary. The flaw is for who wrote the client: as
// browsers send it, such a body has no preamble, no nesting, no encoding but the bytes themselves,
// and here at most one file.
[[nodiscard]] std::expected<MultipartForm, record::Flaw> read_multipart(
    std::string_view content_type, std::string_view body);

}  // namespace sluice::pages
