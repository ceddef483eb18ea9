#include "adapters/front_end/digest_range.h"

#include <utility>

#include <fmt/format.h>

namespace sluice::adapters::front_end {
namespace {

std::string joined(const std::vector<std::string>& texts) {
  if (texts.size() == 1) return texts.front();
  std::string all;
  for (const std::string& text : texts)
    all += fmt::format("{}:{}", text.size(), text);
  return all;
}

}  // namespace

CollectionFailure collection_failure_of(const DigestFileFailure& failure) {
  const auto problem = [&] {
    switch (failure.code) {
      case DigestFileProblem::other_key:
        return CollectionProblem::bad_columns;
      case DigestFileProblem::not_durable:
        return CollectionProblem::journal_failed;
      case DigestFileProblem::unreadable:
        break;
    }
    return CollectionProblem::unreadable;
  };
  return {problem(), failure.place, failure.sentence};
}

Result<void> DigestRange::fill(DigestFileReader& base, std::uint64_t until, std::size_t most) {
  clear_at(base.offset());
  while (entries_.size() < most && base.offset() < until) {
    const std::uint64_t offset = base.offset();
    auto entry = base.next();
    if (!entry) return std::unexpected(collection_failure_of(entry.error()));
    if (!*entry) break;
    entries_.push_back({std::move(**entry), offset});
  }
  end_ = base.offset();
  return {};
}

void DigestRange::clear_at(std::uint64_t offset) {
  entries_.clear();
  at_.clear();
  next_ = 0;
  end_ = offset;
}

std::optional<std::size_t> DigestRange::find(const RecordKey& key) {
  // Made where it is needed: most ranges of most runs are what they were.
  for (std::size_t i = at_.size(); i < entries_.size(); ++i)
    at_.emplace(joined(entries_[i].entry.key.exact), i);
  const auto found = at_.find(joined(key.exact));
  return found == at_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace sluice::adapters::front_end
