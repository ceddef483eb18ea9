#include "files/new_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temporary_directory.h"

namespace sluice::files::test {
namespace {

using record::test::read_file;
using record::test::TemporaryDirectory;
using record::test::write_file;

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw std::runtime_error("no " + path.string());
  return status.st_mode & 07777U;
}

std::size_t files_in(const TemporaryDirectory& directory) {
  using Iterator = std::filesystem::directory_iterator;
  return static_cast<std::size_t>(std::distance(Iterator(directory.path()), Iterator()));
}

TEST(NewFile, HasItsBytesAndItsModeWhateverTheUmaskIs) {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(0777);
  const auto made = create_file(directory / "key", "secret", {0640});
  ::umask(before);
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(read_file(directory / "key"), "secret");
  EXPECT_EQ(mode_of(directory / "key"), 0640U);
  EXPECT_EQ(files_in(directory), 1U);
}

TEST(NewFile, IsNeverMadeOverOneThatIsThere) {
  const TemporaryDirectory directory;
  write_file(directory / "key", "the first");
  const auto made = create_file(directory / "key", "the second", {0640});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error(), std::errc::file_exists);
  EXPECT_EQ(read_file(directory / "key"), "the first");
  EXPECT_EQ(files_in(directory), 1U);
}

TEST(NewFile, TakesThePlaceOfTheOldOneWhereThatIsAsked) {
  const TemporaryDirectory directory;
  write_file(directory / "list", "the first");
  ASSERT_TRUE(replace_file(directory / "list", "the second", {0640}));
  EXPECT_EQ(read_file(directory / "list"), "the second");
  EXPECT_EQ(files_in(directory), 1U);
  ASSERT_TRUE(replace_file(directory / "new", "the first", {0604}));
  EXPECT_EQ(mode_of(directory / "new"), 0604U);
}

TEST(NewFile, LeavesTheOldOneItsOwnerGroupAndMode) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  const TemporaryDirectory directory;
  const std::string list = directory / "list";
  write_file(list, "the first");
  ASSERT_EQ(::chown(list.c_str(), 1234, 4321), 0);
  ASSERT_EQ(::chmod(list.c_str(), 0604), 0);
  ASSERT_TRUE(replace_file(list, "the second", {0640, 7}));
  EXPECT_EQ(read_file(list), "the second");
  struct stat found {};
  ASSERT_EQ(::stat(list.c_str(), &found), 0);
  EXPECT_EQ(found.st_uid, 1234U);
  EXPECT_EQ(found.st_gid, 4321U);
  EXPECT_EQ(found.st_mode & 07777U, 0604U);
}

// What a system call answers in a child process, as a file system without the thing would.
template <class Work>
int without(int call, Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    sock_filter refusal[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{std::size(refusal), refusal};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
      ::_exit(99);
    }
    ::_exit(work());
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return 98;
  return WEXITSTATUS(status);
}

TEST(NewFile, IsMadeWhereThereAreNoHardLinksAndStillOverNoneThatIsThere) {
  const TemporaryDirectory directory;
  const auto create = [&] {
    const auto made = create_file(directory / "key", "secret", {0600});
    return made ? 0 : made.error().value();
  };
  EXPECT_EQ(without(SYS_link, create), 0);
  EXPECT_EQ(read_file(directory / "key"), "secret");
  EXPECT_EQ(without(SYS_link, create), EEXIST);
  EXPECT_EQ(files_in(directory), 1U);
}

// As on vfat.
TEST(NewFile, IsNotMadeWhereAnybodyCouldReadIt) {
  const TemporaryDirectory directory;
  const int why = without(SYS_fchmod, [&] {
    const auto made = create_file(directory / "key", "secret", {0600});
    return made ? 0 : made.error().value();
  });
  EXPECT_EQ(why, EOPNOTSUPP);
  EXPECT_EQ(files_in(directory), 0U);
  EXPECT_THAT(to_sentence(std::make_error_code(std::errc::operation_not_supported)),
              testing::HasSubstr("vfat"));
}

TEST(NewFile, MayLieWhereOneIs) {
  const TemporaryDirectory directory;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path());
  const auto made = create_file("key", "secret", {0600});
  std::filesystem::current_path(before);
  EXPECT_TRUE(made) << made.error().message();
}

TEST(NewFile, TellsWhyItCanNotBeMade) {
  const TemporaryDirectory directory;
  EXPECT_EQ(create_file(directory / "none/key", "", {}).error(),
            std::errc::no_such_file_or_directory);
  EXPECT_EQ(create_folder(directory / "none/folder", {}).error(),
            std::errc::no_such_file_or_directory);
}

TEST(NewFile, MayBeADirectoryWithItsMode) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(create_folder(directory / "tls", {0750}));
  EXPECT_EQ(mode_of(directory / "tls"), 0750U);
  EXPECT_EQ(create_folder(directory / "tls", {0700}).error(), std::errc::file_exists);
  EXPECT_EQ(mode_of(directory / "tls"), 0750U);
}

}  // namespace
}  // namespace sluice::files::test
