#include "bench/load/page_views.h"

#include <set>
#include <string_view>

namespace sluice::bench {
namespace {

// What the page makes a browser ask for: the quoted paths of assets in it.
std::set<std::string> assets_of(std::string_view page) {
  constexpr std::string_view before = "\"/assets/";
  std::set<std::string> paths;
  for (std::size_t at = page.find(before); at != std::string_view::npos;
       at = page.find(before, at)) {
    ++at;
    paths.emplace(page.substr(at, page.find('"', at) - at));
  }
  return paths;
}

}  // namespace

std::expected<PageView, std::string> view_page(Browser& browser, const std::string& path,
                                               std::uint64_t times) {
  PageView view;
  const auto get = [&](const std::string& what) -> std::expected<PageAnswer, std::string> {
    auto answer = browser.visit(what);
    if (answer && answer->status != 200) {
      return std::unexpected(browser.told(what, *answer));
    }
    return answer;
  };
  for (std::uint64_t i = 0; i < times; ++i) {
    const auto answer = get(path);
    if (!answer) return std::unexpected(answer.error());
    view.latencies.add(answer->took);
    view.compressed_bytes = answer->compressed_bytes;
  }
  view.html_bytes = browser.page().size();
  view.first_view_bytes = view.compressed_bytes;
  const auto assets = assets_of(browser.page());
  if (assets.empty()) return std::unexpected(path + ": the page names no assets");
  for (const std::string& asset : assets) {
    const auto answer = get(asset);
    if (!answer) return std::unexpected(answer.error());
    view.first_view_bytes += answer->compressed_bytes;
  }
  return view;
}

}  // namespace sluice::bench
