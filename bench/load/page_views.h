// Pages looked at again and again: how long the node takes to show each, and how many bytes come
// over the wire, of the page alone and with all that a browser gets for it the first time.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "bench/load/browser.h"
#include "bench/load/latency_histogram.h"

namespace sluice::bench {

struct PageView {
  LatencyHistogram latencies;
  std::uint64_t html_bytes = 0;        // of the page, plain
  std::uint64_t compressed_bytes = 0;  // of the page's answer: head and body
  // Of the page's answer and those of the style sheet, the scripts and the icon.
  std::uint64_t first_view_bytes = 0;
};

// Blocks for `times` requests on the browser's connection, one after another.
[[nodiscard]] std::expected<PageView, std::string> view_page(Browser& browser,
                                                             const std::string& path,
                                                             std::uint64_t times);

}  // namespace sluice::bench
