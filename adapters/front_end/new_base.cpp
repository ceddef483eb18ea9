#include "adapters/front_end/new_base.h"

#include <string_view>

#include "adapters/front_end/digest_range.h"
#include "record/try.h"

namespace sluice::adapters::front_end {
namespace {

std::unexpected<CollectionFailure> failed(const DigestFileFailure& failure) {
  return std::unexpected(collection_failure_of(failure));
}

}  // namespace

Result<NewBase> NewBase::open(const SnapshotFiles& files, const DigestFileMatter& matter,
                              const Position& position, const DigestFileReader* base) {
  const auto& counted = position.run;
  const std::uint64_t generation = counted ? counted->generation : files.unused_generation();
  auto file = counted ? DigestFileWriter::go_on(files.digests(generation), counted->bytes, matter)
                      : DigestFileWriter::begin(files.digests(generation), matter);
  if (!file) return failed(file.error());
  NewBase made(files, base, generation, std::move(*file));
  if (!counted) return made;
  made.rows_ = counted->rows;
  if (position.gone.rows == 0) return made;
  auto gone = GoneFileWriter::go_on(files.gone(generation), position.gone);
  if (!gone) return failed(gone.error());
  made.gone_ = std::move(*gone);
  return made;
}

Result<void> NewBase::append(const DigestEntry& entry) {
  SLUICE_TRY(write_part());
  if (auto written = file_.append(entry); !written) return failed(written.error());
  ++rows_;
  return {};
}

Result<void> NewBase::append(const Part& part) {
  if (part.begin != part_end_) {
    SLUICE_TRY(write_part());
    part_begin_ = part.begin;
  }
  part_end_ = part.end;
  rows_ += part.rows;
  return {};
}

Result<void> NewBase::note_gone(const Part& part) {
  if (!gone_) {
    auto begun = GoneFileWriter::begin(files_.gone(generation_));
    if (!begun) return failed(begun.error());
    gone_ = std::move(*begun);
  }
  const auto noted = gone_->append({.begin = part.begin,
                                    .end = part.end,
                                    .at = file_.offset() + (part_end_ - part_begin_),
                                    .rows = part.rows});
  return noted ? Result<void>() : failed(noted.error());
}

Result<void> NewBase::write_part() {
  if (part_begin_ == part_end_) return {};
  const auto written = base_->read_as_is(part_begin_, part_end_, [&](std::string_view entries) {
    return file_.append_as_is(entries);
  });
  if (!written) return failed(written.error());
  part_begin_ = part_end_;
  return {};
}

Result<void> NewBase::make_durable(Position& position) {
  SLUICE_TRY(write_part());
  const auto bytes = file_.make_durable();
  if (!bytes) return failed(bytes.error());
  position.run = DigestFilePart{generation_, *bytes, rows_};
  if (!gone_) return {};
  const auto gone = gone_->make_durable();
  if (!gone) return failed(gone.error());
  position.gone.parts = gone->parts;
  position.gone.rows = gone->rows;
  return {};
}

}  // namespace sluice::adapters::front_end
