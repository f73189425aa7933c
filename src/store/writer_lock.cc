#include "store/writer_lock.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include <sys/file.h>
#include <sys/stat.h>

#include "store/errors.h"

namespace redline::store {

Result<WriterLock> WriterLock::take(const std::string& path) {
  const std::string name = path + "-lock";
  constexpr mode_t kPermissions = 0666;
  while (true) {
    const int file = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kPermissions);
    if (file < 0) {
      return tl::unexpected(unwritable(path, std::strerror(errno), {}));
    }
    WriterLock lock(file, name);
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
      lock.name_.clear();  // it is another's
      return tl::unexpected(busy(path));
    }
    // The last writer may have removed it between opening and locking.
    struct stat held {};
    struct stat named {};
    if (::fstat(file, &held) == 0 && ::stat(name.c_str(), &named) == 0 &&
        held.st_ino == named.st_ino && held.st_dev == named.st_dev) {
      return lock;
    }
    lock.name_.clear();
  }
}

WriterLock::~WriterLock() {
  if (file_ < 0) {
    return;
  }
  if (!name_.empty()) {
    ::unlink(name_.c_str());
  }
  ::close(file_);
}

}  // namespace redline::store
