// A file is read by a process of its own, which holds no key and sees little of the machine: what
// it makes of the file comes back as frames, and is sealed here
// (docs/decisions/0031-readers-hold-no-key.md).
#pragma once

#include <filesystem>

#include "adapters/adapter.h"
#include "intake/batch_frames.h"
#include "intake/batch_sink.h"
#include "jobs/file_reading.h"

namespace sluice::jobs {

// The `sluice` program and the configuration directory that it is given.
struct ReaderProgram {
  std::filesystem::path program;
  std::filesystem::path configuration;
};

// As read_file() does, in such a process. Its limits are those of the caller.
[[nodiscard]] adapters::Result<intake::DoneFrame> read_in_child(const ReaderProgram& reader,
                                                                const FileReading& reading,
                                                                intake::BatchSink& sink,
                                                                adapters::Progress& progress);

}  // namespace sluice::jobs
