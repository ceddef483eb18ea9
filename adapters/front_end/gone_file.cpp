#include "adapters/front_end/gone_file.h"

#include <cerrno>
#include <cstring>
#include <type_traits>

#include <fcntl.h>

#include "record/try.h"

namespace sluice::adapters::front_end {
namespace {

static_assert(std::has_unique_object_representations_v<GonePart>, "it is written as it is");

}  // namespace

std::expected<GoneFileWriter, DigestFileFailure> GoneFileWriter::begin(
    const std::filesystem::path& path) {
  GoneFileWriter writer(path, open_file(path, O_WRONLY | O_CREAT | O_TRUNC, "w"), {});
  if (!writer.file_) return std::unexpected(not_written(path));
  return writer;
}

std::expected<GoneFileWriter, DigestFileFailure> GoneFileWriter::go_on(
    const std::filesystem::path& path, const GoneRecords& counted) {
  GoneFileWriter writer(path, open_file(path, O_RDWR, "r+"), counted);
  if (!writer.file_) return std::unexpected(unreadable(path, std::strerror(errno)));
  writer.name_is_durable_ = true;
  if (!cut_off_behind(writer.file_.get(), counted.parts * sizeof(GonePart))) {
    return std::unexpected(not_written(path));
  }
  return writer;
}

std::expected<void, DigestFileFailure> GoneFileWriter::append(const GonePart& part) {
  if (last_.rows > 0 && part.begin == last_.end && part.at == last_.at) {
    last_.end = part.end;
    last_.rows += part.rows;
    return {};
  }
  auto written = write_last();
  last_ = part;
  return written;
}

std::expected<void, DigestFileFailure> GoneFileWriter::write_last() {
  if (last_.rows == 0) return {};
  if (std::fwrite(&last_, sizeof(last_), 1, file_.get()) != 1) {
    return std::unexpected(not_written(path_));
  }
  ++counted_.parts;
  counted_.rows += last_.rows;
  last_ = {};
  return {};
}

std::expected<GoneRecords, DigestFileFailure> GoneFileWriter::make_durable() {
  SLUICE_TRY(write_last());
  if (!front_end::make_durable(file_.get()) || (!name_is_durable_ && !make_name_durable(path_))) {
    return std::unexpected(not_written(path_));
  }
  name_is_durable_ = true;
  return counted_;
}

std::expected<GoneCursor, DigestFileFailure> GoneCursor::open(const std::filesystem::path& path,
                                                              const GoneRecords& counted,
                                                              DigestFileReader base) {
  File file = open_file(path, O_RDONLY, "r");
  if (!file) return std::unexpected(unreadable(path, std::strerror(errno)));
  return GoneCursor(path, std::move(file), counted.parts, std::move(base));
}

std::expected<bool, DigestFileFailure> GoneCursor::next_part() {
  if (parts_left_ == 0) return false;
  if (std::fread(&part_, sizeof(part_), 1, file_.get()) != 1) {
    return std::unexpected(unreadable(path_, "it is shorter than it was"));
  }
  --parts_left_;
  rows_left_ = part_.rows;
  SLUICE_TRY(base_.go_to(part_.begin));
  return true;
}

std::expected<std::optional<GoneEntry>, DigestFileFailure> GoneCursor::next() {
  while (rows_left_ == 0) {
    const auto found = SLUICE_TRY(next_part());
    if (!found) return std::nullopt;
  }
  auto entry = SLUICE_TRY(base_.next());
  if (!entry) return std::unexpected(unreadable(path_, "it does not fit the file of digests"));
  --rows_left_;
  return GoneEntry{std::move(*entry), part_.at};
}

std::expected<void, DigestFileFailure> GoneCursor::skip(std::uint64_t rows) {
  while (rows > 0) {
    if (rows_left_ == 0) {
      const auto found = SLUICE_TRY(next_part());
      if (!found) return {};
    }
    if (rows >= rows_left_) {
      rows -= rows_left_;
      rows_left_ = 0;
      continue;
    }
    SLUICE_TRY(next());
    --rows;
  }
  return {};
}

}  // namespace sluice::adapters::front_end
