// A form with a file, as anybody may send it: the first line is the Content-Type, the rest the
// body. What is taken is UTF-8 and no longer than what was sent, and the file's bytes are of the
// body.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "pages/multipart.h"
#include "record/record_checker.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  // Memory of its own, so that reading beyond it is seen.
  const std::vector<char> bytes(data, data + size);
  const std::string_view text(bytes.data(), bytes.size());
  const std::size_t line = std::min(text.find('\n'), text.size());
  const std::string_view body = text.substr(std::min(line + 1, text.size()));
  const auto read = pages::read_multipart(text.substr(0, line), body);
  if (!read) {
    require(!read.error().sentence.empty());
    return 0;
  }
  std::size_t taken = 0;
  for (const auto& [name, value] : read->form.fields()) {
    require(record::is_valid_utf8(name) && record::is_valid_utf8(value));
    taken += name.size() + value.size();
  }
  require(read->form.fields().size() <= pages::Form::most_fields);
  if (read->file) {
    const std::string_view file = read->file->bytes;
    require(record::is_valid_utf8(read->file->name));
    require(file.empty() ||
            (file.data() >= body.data() && file.data() + file.size() <= body.data() + body.size()));
    taken += file.size() + read->file->name.size();
  }
  require(taken <= body.size());
  return 0;
}
