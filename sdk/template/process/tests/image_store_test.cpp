// SPDX-License-Identifier: Apache-2.0
#include "image_store.hpp"

#include <holdfast/testing/fake_call.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

namespace process {
namespace {

namespace sdk = holdfast::sdk;
using holdfast::testing::FakeCall;
using ::testing::HasSubstr;

class Progress final : public sdk::ProgressSink {
 public:
  void progress(const sdk::PullProgress& progress) noexcept override {
    done = progress.doneBytes;
    total = progress.totalBytes;
    growing = growing && progress.sequence > sequence;
    sequence = progress.sequence;
    if (then) {
      then();
    }
  }
  std::int64_t done = 0;
  std::int64_t total = 0;
  std::uint32_t sequence = 0;
  bool growing = true;
  std::function<void()> then;
};

class ImageStoreTest : public ::testing::Test {
 protected:
  ImageStoreTest() {
    std::string pattern = ::testing::TempDir() + "images-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directory(source());
    store_.emplace(source(), folder_ / "store");
    store_->prepare();
  }
  ~ImageStoreTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path source() const { return folder_ / "source"; }
  void put(const std::string& name, const std::string& content) const {
    std::ofstream(source() / name) << content;
  }
  sdk::ErrorClass pull(const std::string& name) {
    return store_->pull(name, call_, progress_).code;
  }
  [[nodiscard]] std::size_t blobs() const {
    const std::filesystem::directory_iterator files(folder_ / "store/blobs");
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
  }

  std::filesystem::path folder_;
  std::optional<ImageStore> store_;
  FakeCall call_;
  Progress progress_;
};

TEST_F(ImageStoreTest, APullCopiesTheFileUnderItsHash) {
  put("a:1", "abc");
  EXPECT_FALSE(store_->find("a:1"));
  ASSERT_EQ(pull("a:1"), sdk::ErrorClass::Ok) << call_.message();
  const auto image = store_->find("a:1");
  ASSERT_TRUE(image);
  EXPECT_EQ(image->id, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(image->sizeBytes, 3);
  EXPECT_EQ(::access(store_->program(image->id).c_str(), X_OK), 0);
  std::filesystem::remove(source() / "a:1");
  EXPECT_TRUE(store_->find("a:1")) << "it is ours now";
}

TEST_F(ImageStoreTest, TellsRealProgress) {
  put("big", std::string(3'000'000, 'x'));
  ASSERT_EQ(pull("big"), sdk::ErrorClass::Ok);
  EXPECT_EQ(progress_.done, 3'000'000);
  EXPECT_EQ(progress_.total, 3'000'000);
  EXPECT_GT(progress_.sequence, 1U);
  EXPECT_TRUE(progress_.growing);
}

TEST_F(ImageStoreTest, APullThatIsCancelledLeavesNothing) {
  put("big", std::string(3'000'000, 'x'));
  progress_.then = [&] { call_.cancel(); };
  EXPECT_EQ(pull("big"), sdk::ErrorClass::Cancelled);
  EXPECT_FALSE(store_->find("big"));
  EXPECT_EQ(blobs(), 0U);
}

TEST_F(ImageStoreTest, ClassifiesWhatIsWrong) {
  EXPECT_EQ(pull("none"), sdk::ErrorClass::NotFound);
  EXPECT_THAT(call_.message(), HasSubstr((source() / "none").string()));
  EXPECT_EQ(pull("../source/a"), sdk::ErrorClass::Invalid);
  std::filesystem::create_directory(source() / "folder");
  EXPECT_EQ(pull("folder"), sdk::ErrorClass::Invalid);
  ASSERT_EQ(::mkfifo((source() / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(pull("fifo"), sdk::ErrorClass::Invalid) << "without waiting for a writer";
  std::filesystem::remove_all(source());
  EXPECT_EQ(pull("none"), sdk::ErrorClass::Transient) << "it may be mounted later";
}

TEST_F(ImageStoreTest, DeletesWhatNobodyNamesOrUses) {
  put("a", "one");
  ASSERT_EQ(pull("a"), sdk::ErrorClass::Ok);
  const std::string old = store_->find("a")->id;
  put("a", "two");
  put("b", "two");
  ASSERT_EQ(pull("a"), sdk::ErrorClass::Ok);
  ASSERT_EQ(pull("b"), sdk::ErrorClass::Ok);
  EXPECT_EQ(blobs(), 2U);
  store_->remove("b", {old});
  EXPECT_EQ(blobs(), 2U) << "one has a name, the other a user";
  store_->remove("b", {});
  EXPECT_EQ(blobs(), 1U);
  store_->remove("a", {});
  EXPECT_EQ(blobs(), 0U);
}

TEST_F(ImageStoreTest, AStartClearsAwayWhatACrashLeft) {
  std::ofstream(folder_ / "store/blobs/.new-1") << "half";
  store_->prepare();
  EXPECT_EQ(blobs(), 0U);
}

}  // namespace
}  // namespace process
