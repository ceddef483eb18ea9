// Writes every page with made-up content to a folder, in both languages, with the assets beside:
// to look at them, and to run a checker over them, without a daemon.
// usage: preview FOLDER, then serve FOLDER (the assets' paths begin with /).
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "support/page_samples.h"

namespace {

void write(const std::filesystem::path& file, std::string_view bytes) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace sluice::pages;
  if (argc != 2) {
    fmt::print(stderr, "usage: preview FOLDER\n");
    return EXIT_FAILURE;
  }
  const std::filesystem::path folder = argv[1];
  const Pages pages(*date::locate_zone("Asia/Shanghai"), [](std::string_view name) {
    fmt::print(stderr, "a template names {}, which is not there\n", name);
  });
  for (const Asset& asset : pages.assets().all())
    write(folder / asset.path.substr(1), asset.bytes);
  const std::pair<Content, const char*> contents[] = {
      {Content::rich, "rich"}, {Content::empty, "empty"}, {Content::hostile, "hostile"}};
  for (const Language language : all_languages) {
    for (const auto& [content, name] : contents) {
      for (const PageSample& sample : page_samples(pages, content, language))
        write(folder / fmt::format("{}-{}-{}.html", sample.name, name, code_of(language)),
              sample.html);
    }
  }
  return EXIT_SUCCESS;
}
