#include "store/slice.h"

#include <cstring>
#include <functional>
#include <utility>

#include "record/batch.h"

namespace sluice::store {
namespace {

// A batch of twice the usual size stays whole.
constexpr std::size_t max_changes = 2 * record::usual_batch_rows;
constexpr std::size_t max_bytes = 2 * record::usual_batch_bytes;
constexpr std::size_t smallest_index = 1024;

// Lets one key's changes run, one after another, over what stands.
class Chain {
 public:
  Chain(std::string_view key, std::optional<record::RowDigest> stored, Plan& plan)
      : key_(key), digest_(stored), plan_(plan) {}

  void run(const KeptChange& change) {
    record::RowOutcomes& outcomes = plan_.outcomes;
    if (change.operation == record::Operation::remove) {
      if (!digest_) {
        ++outcomes.unchanged.value;
        return;
      }
      ++outcomes.deleted.value;
      end(change.number, Ending::deleted);
      digest_.reset();
      return;
    }
    if (digest_ == change.digest) {
      ++outcomes.unchanged.value;
      return;
    }
    if (digest_) {
      ++outcomes.updated.value;
      end(change.number, Ending::superseded);
    } else {
      ++outcomes.inserted.value;
    }
    digest_ = change.digest;
    standing_ = &change;
  }

  void finish() {
    if (standing_ != nullptr) plan_.standing.push_back(standing_);
  }

 private:
  void end(std::uint64_t line, Ending ending) {
    if (standing_ != nullptr) {
      plan_.passing.push_back({standing_, line, ending});
      standing_ = nullptr;
    } else {
      plan_.ended.push_back({key_, line, ending});
    }
  }

  std::string_view key_;
  std::optional<record::RowDigest> digest_;  // of what stands; nothing: no record
  const KeptChange* standing_ = nullptr;     // what stands, if it is of this batch
  Plan& plan_;
};

}  // namespace

Slice::Slice(std::vector<std::size_t> key_columns)
    : key_columns_(std::move(key_columns)), changes_(1) {}

void Slice::clear() {
  changes_.resize(1);
  keys_.clear();
  index_.assign(smallest_index, 0);
  arena_.release();
  kept_bytes_ = 0;
}

bool Slice::is_full() const {
  return changes_.size() > max_changes || kept_bytes_ > max_bytes;
}

std::string_view Slice::keep(std::string_view text) {
  if (text.empty()) return {};
  char* const place = static_cast<char*>(arena_.allocate(text.size(), 1));
  std::memcpy(place, text.data(), text.size());
  kept_bytes_ += text.size();
  return {place, text.size()};
}

std::string_view Slice::key_of(std::string_view kept_fields, const Row& row) {
  if (key_columns_.size() == 1) {
    const std::string_view column = row.columns[key_columns_.front()];
    return kept_fields.substr(static_cast<std::size_t>(column.data() - row.fields.data()),
                              column.size());
  }
  composed_key_.clear();
  for (const std::size_t column : key_columns_) {
    if (column != key_columns_.front()) composed_key_ += '\t';
    composed_key_ += row.columns[column];
  }
  return keep(composed_key_);
}

void Slice::add(std::string_view line, const Row& row) {
  if (index_.empty()) index_.assign(smallest_index, 0);
  const std::string_view kept = keep(line);
  const std::string_view kept_fields =
      kept.substr(static_cast<std::size_t>(row.fields.data() - line.data()));
  const auto position = static_cast<std::uint32_t>(changes_.size());
  changes_.push_back({kept, row.number, row.operation, row.digest, 0});
  KeptKey& key = keys_[find_or_add_key(key_of(kept_fields, row))];
  if (key.first == 0) {
    key.first = position;
  } else {
    changes_[key.last].next_of_key = position;
  }
  key.last = position;
}

std::uint32_t Slice::find_or_add_key(std::string_view text) {
  if (2 * (keys_.size() + 1) > index_.size()) grow_index();
  const std::size_t hash = std::hash<std::string_view>{}(text);
  std::size_t slot = hash & (index_.size() - 1);
  for (; index_[slot] != 0; slot = (slot + 1) & (index_.size() - 1)) {
    const KeptKey& key = keys_[index_[slot] - 1];
    if (key.hash == hash && key.text == text) return index_[slot] - 1;
  }
  keys_.push_back({text, hash, 0, 0, std::nullopt});
  index_[slot] = static_cast<std::uint32_t>(keys_.size());
  return index_[slot] - 1;
}

void Slice::grow_index() {
  std::vector<std::uint32_t> larger(2 * index_.size(), 0);
  for (std::uint32_t position = 0; position < keys_.size(); ++position) {
    std::size_t slot = keys_[position].hash & (larger.size() - 1);
    while (larger[slot] != 0)
      slot = (slot + 1) & (larger.size() - 1);
    larger[slot] = position + 1;
  }
  index_.swap(larger);
}

Plan Slice::plan(std::size_t first, std::size_t last) const {
  Plan plan;
  for (std::size_t position = first; position < last; ++position) {
    const KeptKey& key = keys_[position];
    Chain chain(key.text, key.stored, plan);
    for (std::uint32_t at = key.first; at != 0; at = changes_[at].next_of_key) {
      chain.run(changes_[at]);
    }
    chain.finish();
  }
  return plan;
}

Plan Slice::plan_one(const KeptKey& key, const KeptChange& change,
                     std::optional<record::RowDigest> stored) {
  Plan plan;
  Chain chain(key.text, stored, plan);
  chain.run(change);
  chain.finish();
  return plan;
}

}  // namespace sluice::store
