// A ustar archive, byte by byte, so that a test can say in it what no archiver would write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace sluice::record::test {

struct TarEntry {
  std::string name;
  std::string content;
  char type = '0';
  std::string link = {};
  std::optional<std::uint64_t> claimed_size = {};
};

inline std::string tar_of(const std::vector<TarEntry>& entries) {
  constexpr std::size_t block = 512;
  std::string bytes;
  for (const TarEntry& entry : entries) {
    std::string header(block, '\0');
    const auto put = [&](std::size_t at, const std::string& text) {
      header.replace(at, text.size(), text);
    };
    put(0, entry.name);
    put(100, "0000600");
    put(108, "0000000");
    put(116, "0000000");
    put(124, fmt::format("{:011o}", entry.claimed_size.value_or(entry.content.size())));
    put(136, "00000000000");
    put(148, std::string(8, ' '));
    header[156] = entry.type;
    put(157, entry.link);
    put(257, std::string("ustar\0"
                         "00",
                         8));
    unsigned sum = 0;
    for (const char c : header)
      sum += static_cast<unsigned char>(c);
    put(148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
    bytes += header + entry.content;
    bytes.resize((bytes.size() + block - 1) / block * block);
  }
  return bytes + std::string(2 * block, '\0');
}

}  // namespace sluice::record::test
