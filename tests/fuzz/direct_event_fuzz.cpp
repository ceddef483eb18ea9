// A CloudEvent or a batch of them; and the same bytes as one in binary form, the first line its
// type; and again in binary form, as a request's header lines, an empty line and a body.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "api/event_headers.h"
#include "direct_call.h"

namespace {

using namespace sluice;

void collect_with_headers(std::string_view text) {
  std::vector<server::HeaderField> headers{{"content-type", "application/json"}};
  while (true) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) break;
    // The request guard lets no other names in.
    const auto is_visible = [](char c) { return c > ' ' && c <= '~'; };
    if (!std::ranges::all_of(line.substr(0, colon), is_visible)) continue;
    headers.push_back({line.substr(0, colon), line.substr(colon + 1)});
  }
  api::EventText kept;
  const auto read = api::read_event_headers(headers, kept);
  if (!read.fault) {
    for (const auto& value : {read.event.id, read.event.type, read.event.subject}) {
      adapters::direct::require(!value || adapters::direct::is_event_string(*value));
    }
  }
  adapters::direct::collect(
      {adapters::direct::MediaType::event_binary, text, read.event, read.extensions, read.fault});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::adapters::direct;
  const std::string_view text = as_text(data, size);
  collect({MediaType::event, text, {}});
  collect({MediaType::event_batch, text, {}});
  collect_with_headers(text);
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return 0;
  const std::string_view type = text.substr(0, end);
  collect({MediaType::event_binary, text.substr(end + 1), {"1.0", type, "1", "/park", type, {}}});
  return 0;
}
