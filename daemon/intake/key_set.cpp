#include "intake/key_set.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace sluice::intake {
namespace {

// 2^22 words of 64 bits: 26 bits a key at ten million keys, so that one new key in thousands is
// taken for an old one and looked up.
constexpr std::size_t filter_words = std::size_t{1} << 22;
constexpr std::size_t words_in_line = 8;  // one cache line holds all bits of a key
constexpr int bits_of_a_key = 6;

// Keys with the same partition lie together in the file: a look-up reads one of 4096 parts.
constexpr std::size_t partitions = 4096;
constexpr std::size_t keys_in_block = 64;

struct Entry {
  record::RowDigest key;
  record::RowDigest content;
  std::uint64_t place = 0;
};

struct Partition {
  std::array<Entry, keys_in_block> newest;  // not yet in the file
  std::size_t count = 0;
  std::vector<std::uint32_t> blocks;  // numbers of its full blocks in the file
};

[[noreturn]] void fail(const char* what, int error) {
  throw std::system_error(error, std::generic_category(), what);
}

// Written or read in part is no error of the system's: what is left is asked for again, and then it
// says what is wrong, such as a disk that is full. Nothing at all of what was written comes back
// where the file was cut.
template <class Move>
void move_whole(std::size_t bytes, const char* what, Move move) {
  for (std::size_t done = 0; done < bytes;) {
    const ssize_t moved = move(done);
    if (moved < 0 && errno == EINTR) continue;
    if (moved <= 0) fail(what, moved < 0 ? errno : EIO);
    done += static_cast<std::size_t>(moved);
  }
}

}  // namespace

struct KeySet::State {
  std::vector<std::uint64_t> filter = std::vector<std::uint64_t>(filter_words);
  std::vector<Partition> parts = std::vector<Partition>(partitions);
  int file = -1;
  std::uint32_t blocks_written = 0;

  // Sets the key's bits; true if all were set before.
  bool filter_had(const record::RowDigest& key) {
    std::uint64_t* line = &filter[(key.high % (filter_words / words_in_line)) * words_in_line];
    std::uint64_t bits = key.low;
    bool had = true;
    for (int i = 0; i < bits_of_a_key; ++i) {
      std::uint64_t& word = line[bits & 7];
      const std::uint64_t bit = std::uint64_t{1} << ((bits >> 3) & 63);
      had = had && (word & bit) != 0;
      word |= bit;
      bits >>= 9;
    }
    return had;
  }

  std::optional<Entry> find(const Partition& part, const record::RowDigest& key) const {
    const auto in = [&](const auto& entries, std::size_t count) -> std::optional<Entry> {
      const auto* end = entries.begin() + count;
      const auto* found =
          std::find_if(entries.begin(), end, [&](const Entry& entry) { return entry.key == key; });
      if (found == end) return std::nullopt;
      return *found;
    };
    if (const auto entry = in(part.newest, part.count)) return entry;
    std::array<Entry, keys_in_block> block;
    for (const std::uint32_t number : part.blocks) {
      const off_t begin = static_cast<off_t>(number * sizeof block);
      auto* const bytes = reinterpret_cast<char*>(block.data());
      move_whole(sizeof block, "reading back the keys of this delivery", [&](std::size_t done) {
        return pread(file, bytes + done, sizeof block - done, begin + static_cast<off_t>(done));
      });
      if (const auto entry = in(block, block.size())) return entry;
    }
    return std::nullopt;
  }

  void add(Partition& part, const Entry& entry) {
    part.newest[part.count++] = entry;
    if (part.count < keys_in_block) return;
    constexpr std::size_t size = sizeof part.newest;
    const off_t begin = static_cast<off_t>(blocks_written * size);
    const auto* const bytes = reinterpret_cast<const char*>(part.newest.data());
    move_whole(size, "writing the keys of this delivery to a temporary file",
               [&](std::size_t done) {
                 return pwrite(file, bytes + done, size - done, begin + static_cast<off_t>(done));
               });
    part.blocks.push_back(blocks_written++);
    part.count = 0;
  }
};

KeySet::KeySet(const std::filesystem::path& directory) : state_(std::make_unique<State>()) {
  state_->file = open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (state_->file < 0) fail(directory.c_str(), errno);
}

KeySet::~KeySet() {
  close(state_->file);
}

std::optional<KeySet::First> KeySet::insert(const record::RowDigest& key,
                                            const record::RowDigest& content, std::uint64_t place) {
  Partition& part = state_->parts[(key.low >> 52) % partitions];
  if (state_->filter_had(key)) {
    if (const auto first = state_->find(part, key)) {
      return First{first->place, first->content == content};
    }
  }
  state_->add(part, {key, content, place});
  return std::nullopt;
}

}  // namespace sluice::intake
