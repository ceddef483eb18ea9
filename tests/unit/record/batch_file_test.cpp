#include "record/batch_file.h"

#include <gtest/gtest.h>

#include "unit/record/tar_builder.h"

namespace sluice::record {
namespace {

using test::tar_of;
using test::TarEntry;

constexpr ByteCount roomy{std::uint64_t{1} << 20};

Batch sample_batch() {
  return {"{\"manifest\": 1}\n", std::string("\x30\x00\xff", 3), "payload"};
}

std::vector<TarEntry> sample_entries() {
  return {{"manifest.json", sample_batch().manifest},
          {"manifest.p7s", sample_batch().signature},
          {"data.tsv.zst", sample_batch().payload}};
}

void expect_same(const Batch& left, const Batch& right) {
  EXPECT_EQ(left.manifest, right.manifest);
  EXPECT_EQ(left.signature, right.signature);
  EXPECT_EQ(left.payload, right.payload);
}

BatchFileProblem problem_of(std::string_view bytes, ByteCount limit = roomy) {
  const auto batch = read_batch_file(bytes, limit);
  if (batch) throw std::logic_error("the file is good");
  return batch.error().code;
}

TEST(BatchFile, ComesBackAsItself) {
  expect_same(read_batch_file(write_batch_file(sample_batch(), Time{}), roomy).value(),
              sample_batch());
  const Batch empty;
  expect_same(read_batch_file(write_batch_file(empty, Time{}), roomy).value(), empty);
  for (const std::size_t size : {511U, 512U, 513U, 100'000U}) {
    Batch batch = sample_batch();
    batch.payload = std::string(size, 'x');
    expect_same(read_batch_file(write_batch_file(batch, Time{}), roomy).value(), batch);
  }
}

TEST(BatchFile, IsTheSameBytesForTheSameBatchAndTime) {
  const Time time = parse_time("2026-11-23T04:44:00.125Z").value();
  EXPECT_EQ(write_batch_file(sample_batch(), time), write_batch_file(sample_batch(), time));
}

TEST(BatchFile, OfThreeOrdinaryEntriesIsTaken) {
  expect_same(read_batch_file(tar_of(sample_entries()), roomy).value(), sample_batch());
}

TEST(BatchFile, LargerThanTheLimitIsRefusedUnread) {
  const std::string bytes = write_batch_file(sample_batch(), Time{});
  EXPECT_EQ(problem_of(bytes, {bytes.size() - 1}), BatchFileProblem::too_large);
  EXPECT_TRUE(read_batch_file(bytes, {bytes.size()}));
}

TEST(BatchFile, ThatIsNoTarIsRefused) {
  for (const std::string& bytes : {std::string(), std::string("x"), std::string(511, 'x'),
                                   std::string(5120, 'x'), std::string(1024, '\0')}) {
    EXPECT_EQ(problem_of(bytes), BatchFileProblem::not_a_batch_file);
  }
}

TEST(BatchFile, WithAnEntryMoreLessOrElsewhereIsRefused) {
  for (std::size_t i = 0; i < 3; ++i) {
    auto entries = sample_entries();
    entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(problem_of(tar_of(entries)), BatchFileProblem::not_a_batch_file) << "without " << i;
  }
  for (std::size_t i = 0; i < 4; ++i) {
    auto entries = sample_entries();
    entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(i), {"extra", "x"});
    EXPECT_EQ(problem_of(tar_of(entries)), BatchFileProblem::not_a_batch_file) << "extra at " << i;
  }
  auto twice = sample_entries();
  twice.push_back(twice.front());
  EXPECT_EQ(problem_of(tar_of(twice)), BatchFileProblem::not_a_batch_file);
  auto swapped = sample_entries();
  std::swap(swapped[0], swapped[2]);
  EXPECT_EQ(problem_of(tar_of(swapped)), BatchFileProblem::not_a_batch_file);
}

TEST(BatchFile, WithAPathTrickIsRefused) {
  for (const std::string name :
       {"../manifest.json", "/manifest.json", "./manifest.json", "manifest.json/",
        "x/manifest.json", "MANIFEST.JSON", "manifest.json ", ""}) {
    auto entries = sample_entries();
    entries[0].name = name;
    EXPECT_EQ(problem_of(tar_of(entries)), BatchFileProblem::not_a_batch_file) << name;
  }
}

TEST(BatchFile, WithALinkADeviceOrADirectoryIsRefused) {
  for (const char type : {'1', '2', '3', '4', '5', '6'}) {
    for (std::size_t i = 0; i < 3; ++i) {
      auto entries = sample_entries();
      entries[i].type = type;
      entries[i].link = "/etc/passwd";
      EXPECT_EQ(problem_of(tar_of(entries)), BatchFileProblem::not_a_batch_file)
          << type << " at " << i;
      entries[i].content.clear();
      EXPECT_EQ(problem_of(tar_of(entries)), BatchFileProblem::not_a_batch_file)
          << "empty " << type << " at " << i;
    }
  }
}

TEST(BatchFile, ThatClaimsAHugeEntryIsRefusedWithoutTakingItsMemory) {
  for (const std::uint64_t claim :
       {std::uint64_t{10'000}, std::uint64_t{8} << 30, (std::uint64_t{1} << 33) - 1}) {
    auto entries = sample_entries();
    entries[2].claimed_size = claim;
    EXPECT_EQ(problem_of(tar_of(entries)), BatchFileProblem::not_a_batch_file) << claim;
  }
}

TEST(BatchFile, CutInsideAnEntryIsRefused) {
  Batch batch = sample_batch();
  batch.payload = std::string(5'000, 'x');
  const std::string bytes = write_batch_file(batch, Time{});
  const std::size_t last_data_byte = bytes.rfind('x');
  for (std::size_t size = 0; size <= last_data_byte; size += 101) {
    EXPECT_EQ(problem_of(bytes.substr(0, size)), BatchFileProblem::not_a_batch_file) << size;
  }
}

TEST(BatchFile, WithABrokenHeaderChecksumIsRefused) {
  std::string bytes = tar_of(sample_entries());
  bytes[0] = 'M';
  EXPECT_EQ(problem_of(bytes), BatchFileProblem::not_a_batch_file);
}

}  // namespace
}  // namespace sluice::record
