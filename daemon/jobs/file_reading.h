// What is made of a bureau's file, in a process that holds no key: columns found, rows mapped and
// checked, batches filled. Who seals them is another process (reader_process.h).
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.h"
#include "adapters/disk/file_digest.h"
#include "intake/batch_frames.h"
#include "intake/batch_sink.h"
#include "intake/source_cursor.h"
#include "journal/journal.h"
#include "settings/settings.h"

namespace sluice::jobs {

// What the reader is asked.
struct FileReading {
  record::BureauId bureau;
  record::DatasetId dataset;
  std::filesystem::path file;
  std::string source;                        // what it is called beside its rows
  adapters::disk::FileDigest digest;         // as it was found: `changed` where it is another one
  intake::SourceCursor taken;                // by an earlier run
  std::vector<journal::MinuteTally> recent;  // that count for the reject limit
};
[[nodiscard]] std::string to_question(const FileReading& reading);
[[nodiscard]] std::expected<FileReading, record::Flaw> parse_question(std::string_view question);

// Reads the file to its end into `sink`, behind what was taken before. Where that was another
// file's (it changed under an earlier run's hands), from the start.
[[nodiscard]] adapters::Result<intake::DoneFrame> read_file(const settings::Settings& settings,
                                                            const FileReading& reading,
                                                            intake::BatchSink& sink,
                                                            adapters::Progress& progress);

// The whole of such a process: gives up what it does not need, reads what `question` asks for, and
// answers by frames. False: nobody reads them any more.
[[nodiscard]] bool answer_reading(const settings::Settings& settings, std::string_view question,
                                  int output);

}  // namespace sluice::jobs
