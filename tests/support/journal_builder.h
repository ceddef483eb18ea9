// A journal in a directory of its own, with a clock that the test moves.
#pragma once

#include <memory>
#include <string>

#include "journal/journal.h"
#include "support/batch_builder.h"

namespace sluice::journal::test {

struct Desk {
  record::test::SigningNode node;
  record::Keyring keyring{node.credentials()};
  record::Time now = record::test::moment("2026-11-23T04:44:00.000Z");
  std::chrono::steady_clock::time_point steady{};  // stands until the test moves it
  Limits limits;
  std::shared_ptr<files::StateDisk> disk;  // null: none is shared

  [[nodiscard]] std::filesystem::path file() const { return node.directory / "park.journal"; }
  [[nodiscard]] Journal open() {
    return Journal::open(file(), record::BureauId("park"), limits, keyring, [this] { return now; },
                         {.disk = disk, .marks = nullptr, .steady = [this] { return steady; }})
        .value();
  }
};

inline DatasetOrigin origin(const std::string& dataset = "approval") {
  return {record::DatasetId(dataset), record::sha256(dataset), record::Mode::direct, false};
}

// `rows` lines, each naming itself.
inline std::string lines(const std::string& name, int rows) {
  std::string text;
  for (int i = 1; i <= rows; ++i)
    text += "U\t\\N\t" + name + "-" + std::to_string(i) + "\n";
  return text;
}

inline record::Payload payload(const std::string& name, int rows) {
  return record::compress_payload(lines(name, rows), {static_cast<std::uint64_t>(rows)}, {0});
}

inline Submission submission(const std::string& name, int rows,
                             const std::string& dataset = "approval") {
  return {.origin = origin(dataset),
          .lines = lines(name, rows),
          .upserts = {static_cast<std::uint64_t>(rows)}};
}

// What is waiting, in order.
inline std::vector<record::Batch> waiting(Journal& journal) {
  std::vector<record::Batch> batches;
  record::Sequence after;
  while (auto batch = journal.next(after).value()) {
    after = record::parse_manifest(batch->manifest).value().sequence;
    batches.push_back(std::move(*batch));
  }
  return batches;
}

inline std::string text_of(const record::Batch& batch) {
  const auto manifest = record::parse_manifest(batch.manifest).value();
  std::string text;
  record::read_payload(batch.payload, manifest.payload_raw_bytes, [&](std::string_view piece) {
    text += piece;
    return true;
  }).value();
  return text;
}

inline record::Receipt receipt_for(const record::Batch& batch) {
  const auto manifest = record::parse_manifest(batch.manifest).value();
  return {.stream = manifest.stream,
          .sequence = manifest.sequence,
          .dataset = manifest.dataset,
          .manifest = record::sha256(batch.manifest),
          .rows = {.inserted = manifest.upserts},
          .at = manifest.collected_at};
}

}  // namespace sluice::journal::test
