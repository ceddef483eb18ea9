// A file of digests that a disk has damaged: an error that says what to do, or entries that were
// written just so.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/front_end/digest_file.h"
#include "tests/fuzz/record/demand.h"

namespace {

using namespace sluice::adapters::front_end;
using sluice::fuzz::demand;

class Folder {
 public:
  Folder() {
    if (mkdtemp(name_.data()) == nullptr) std::abort();
  }
  ~Folder() { std::filesystem::remove_all(name_); }
  [[nodiscard]] std::filesystem::path operator/(const char* file) const {
    return std::filesystem::path(name_) / file;
  }

 private:
  std::string name_ = "/dev/shm/sluice-digests-XXXXXX";
};

sluice::record::Digest digest_at(std::size_t offset, std::string_view bytes) {
  sluice::record::Digest found;
  const std::string_view digest = bytes.substr(std::min(offset, bytes.size()));
  std::copy_n(digest.begin(), std::min(digest.size(), found.bytes.size()), found.bytes.begin());
  return found;
}

// The key and the columns that the file says it is of: a fuzzer would not find a digest.
DigestFileMatter matter_in(std::string_view bytes) {
  constexpr std::size_t key_at = 8;
  constexpr std::size_t columns_at = key_at + sizeof(sluice::record::Digest);
  return {
      .key = digest_at(key_at, bytes), .key_columns = 2, .columns = digest_at(columns_at, bytes)};
}

std::vector<DigestEntry> read(const std::filesystem::path& file, std::uint64_t from,
                              std::string_view bytes, std::uint64_t& end) {
  std::vector<DigestEntry> entries;
  const auto says_what_to_do = [](const DigestFileFailure& failure) {
    demand(failure.sentence.find("--anew") != std::string::npos, "an error says what to do");
  };
  auto reader = DigestFileReader::open(file, from, bytes.size(), matter_in(bytes));
  if (!reader) {
    says_what_to_do(reader.error());
    return entries;
  }
  while (true) {
    end = reader->offset();
    auto entry = reader->next();
    if (!entry) says_what_to_do(entry.error());
    if (!entry || !*entry) return entries;
    demand(reader->offset() > end && reader->offset() <= bytes.size(), "reading goes on");
    demand((*entry)->key.exact.size() == 2 && (*entry)->key.told.size() == 2,
           "an entry has a value for each of the key's columns");
    entries.push_back(std::move(**entry));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto file = folder / "read";
  std::ofstream(file, std::ios::binary) << bytes;
  std::uint64_t end = 0;
  const auto entries = read(file, 0, bytes, end);
  if (entries.empty()) return 0;

  const auto again = folder / "written";
  auto writer = DigestFileWriter::begin(again, matter_in(bytes));
  demand(writer.has_value(), "there is room for a file");
  for (const DigestEntry& entry : entries)
    demand(writer->append(entry).has_value(), "there is room for an entry");
  demand(writer->make_durable() == end, "the file is as long as what was read");
  std::ifstream stream(again, std::ios::binary);
  const std::string written{std::istreambuf_iterator<char>(stream), {}};
  demand(written == bytes.substr(0, end), "there is one way to write an entry");
  std::uint64_t same_end = 0;
  demand(read(again, end, written, same_end).empty(), "behind the last entry there is none");
  return 0;
}
