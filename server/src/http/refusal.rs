//! Why a request was refused, as `application/problem+json` with a sentence in the request's language.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use shared::access::Refused;
use shared::api::{DoesNotFit, MisfitIn, Problem};
use shared::words::InvalidTitle;

use super::misfits;
use crate::content::Unreadable;
use crate::library::words::UnfitWords;
use crate::store::{Cause, StoreError};

/// The languages that answers are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Chinese,
    English,
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $status:ident, $slug:literal, $zh:literal, $en:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Refusal {
            $($(#[$doc])* $name,)*
        }

        impl Refusal {
            #[cfg(test)]
            pub const ALL: &'static [Refusal] = &[$(Refusal::$name,)*];

            pub fn status(self) -> StatusCode {
                match self {
                    $(Refusal::$name => StatusCode::$status,)*
                }
            }

            /// The last part of the problem's `type`.
            pub fn slug(self) -> &'static str {
                match self {
                    $(Refusal::$name => $slug,)*
                }
            }

            pub fn sentence(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Refusal::$name, Language::Chinese) => $zh, (Refusal::$name, Language::English) => $en,)*
                }
            }
        }
    };
}

refusals! {
    NotSignedIn = UNAUTHORIZED, "not-signed-in",
        "请先登录。没有保存到服务器的内容仍在这台设备上。",
        "Please sign in. What is not yet on the server stays on this device.";
    AnotherPerson = UNAUTHORIZED, "another-person",
        "这个浏览器里现在登录的是另一位老师，这次没有替您操作。请重新登录；没有保存到服务器的内容仍在这台设备上。",
        "Somebody else is signed in in this browser now, so nothing was done for you. Please sign in again. What is \
         not yet on the server stays on this device.";
    WrongPassword = UNAUTHORIZED, "wrong-password",
        "账号或密码不对，请再试一次。",
        "The login or the password is wrong. Please try again.";
    OwnPasswordWrong = FORBIDDEN, "own-password-wrong",
        "您现在的密码输得不对，什么都没有改。请再试一次。",
        "That is not your present password, and nothing was changed. Please try again.";
    PasswordAsked = FORBIDDEN, "password-asked",
        "手机号和邮箱可以用来登录，改动时请再输一次您现在的密码。什么都没有改。",
        "One signs in with telephone and e-mail, so please give your present password to change them. Nothing was changed.";
    NoPassword = FORBIDDEN, "no-password",
        "您的账号还没有密码，所以不能自己改手机号和邮箱，什么都没有改。请向管理您账号的人要一个起始码，设好密码再改。",
        "Your account has no password yet, so telephone and e-mail stay as they are. Please ask whoever looks after your \
         account for a start code, set a password, and change them then.";
    TooManyNames = TOO_MANY_REQUESTS, "too-many-names",
        "您填的几个手机号、邮箱或账号都有人在用，请过一会儿再试，或请管理您账号的人帮您改。什么都没有改。",
        "Several numbers, addresses or logins you gave are somebody else's. Please try again later, or ask whoever looks \
         after your account. Nothing was changed.";
    PasswordUnfit = UNPROCESSABLE_ENTITY, "password-unfit",
        "这个密码太容易猜到，或者太短、太长。请换一个：至少 8 个字符，不要用连续或重复的数字、常见的密码，也不要用账号、手机号。",
        "This password is easy to guess, or too short or too long. Please choose another: 8 characters or more, no rows or \
         repeated keys, none that is common, and not your login or telephone number.";
    WrongOneTime = FORBIDDEN, "wrong-one-time",
        "一次性密码不对，或者已经用过。请等手机上换出新的六位数，再试一次。",
        "That one-time password is wrong, or was used before. Please wait for the next six digits and try again.";
    SecondStepEnded = UNAUTHORIZED, "second-step-ended",
        "等得太久，或者试的次数太多了。请从账号和密码重新开始登录。",
        "This took too long, or too many tries. Please sign in again from the beginning.";
    OneTimeInUse = CONFLICT, "one-time-in-use",
        "您已经在用一次性密码。要换手机，请先停用，再重新设置。",
        "One-time passwords are in use already. To change telephones, end them first and set them up again.";
    OneTimeNotBegun = CONFLICT, "one-time-not-begun",
        "还没有开始设置一次性密码，请从头开始。",
        "Setting up one-time passwords was not begun. Please start from the beginning.";
    NoSuchCode = NOT_FOUND, "no-such-code",
        "这个邀请码不对、已经用过，或者过期了。请核对一下，或者向学校再要一个。",
        "This code is wrong, was used, or has ended. Please check it, or ask your school for another.";
    InvitationLimits = UNPROCESSABLE_ENTITY, "invitation-limits",
        "一次可以邀请 1 到 500 人，邀请码最多有效 90 天。没有发出邀请。",
        "One invites 1 to 500 people at a time, for 90 days at most. Nobody was invited.";
    PostDecides = UNPROCESSABLE_ENTITY, "post-decides",
        "负责人和能查看下级的身份不能用公开的邀请码领取，请直接任命。没有发出邀请。",
        "Posts that manage or look down are not given away by an open invitation: please name the person. Nobody was \
         invited.";
    NotYourPlace = NOT_FOUND, "not-your-place",
        "找不到这个单位或身份，或者不由您管理。没有发出邀请。",
        "There is no such place or post, or it is not yours to invite into. Nobody was invited.";
    NoSuchInvitation = NOT_FOUND, "no-such-invitation",
        "没有这个邀请，可能已经结束。",
        "There is no such invitation; it may have ended.";
    NoSuchSession = NOT_FOUND, "no-such-session",
        "这台设备已经退出登录。",
        "That device is signed out already.";
    ScopesInvalid = UNPROCESSABLE_ENTITY, "scopes-invalid",
        "请给访问令牌至少选一项权限。",
        "Please choose at least one scope for the token.";
    HeirUnfit = UNPROCESSABLE_ENTITY, "heir-unfit",
        "文档不能交给这里。请选一位在职的同事，或者本人所在的学校或组。什么都没有改。",
        "The documents can't go there. Please choose a colleague, or a school or team that the person is of. Nothing was \
         changed.";
    SignOnStale = UNAUTHORIZED, "sign-on-stale",
        "统一登录等得太久，或者不是在这个浏览器里开始的。请再点一次“统一登录”。",
        "The single sign-on took too long, or was not begun in this browser. Please begin it again.";
    SignOnDenied = FORBIDDEN, "sign-on-denied",
        "统一登录没有放行。请再试一次，或者用账号和密码登录。",
        "The single sign-on let nobody in. Please try again, or sign in with your login and password.";
    SignOnFailing = BAD_GATEWAY, "sign-on-failing",
        "统一登录的服务暂时有问题，没有登录。请稍后再试，或者用账号和密码登录。",
        "The single sign-on has a problem at the moment, and nobody was signed in. Please try again later, or sign in \
         with your login and password.";
    SignOnUnknown = FORBIDDEN, "sign-on-unknown",
        "统一登录成功了，但这里没有对应的账号。请先用账号和密码登录，在“我的账号”里填好邮箱或手机号，或者请学校邀请您。",
        "The single sign-on knows you, but nobody here goes by that account. Please sign in with your login and password \
         and give your e-mail address or telephone number on your account's page, or ask your school for an invitation.";
    SignOnTaken = FORBIDDEN, "sign-on-taken",
        "这里的账号已经连着统一登录的另一个账号，没有登录。请用那一个，或者用账号和密码登录。换了统一登录的账号，请向管理您账号的人要一个起始码。",
        "That account here belongs to another account of the single sign-on, so nobody was signed in. Please take that one, \
         or sign in with your password. If yours has changed, ask whoever looks after your account for a start code.";
    NotToBeSetUp = FORBIDDEN, "not-to-be-set-up",
        "这个链接不对，或者服务器已经有人开始用了。请用服务器启动时显示的链接，或者请管理员邀请您。",
        "This link is wrong, or somebody has begun to use the server. Please take the link that the server shows when it \
         starts, or ask for an invitation.";
    TooManyAttempts = TOO_MANY_REQUESTS, "too-many-attempts",
        "连着输错了好几次。为了账号安全，请过几分钟再试。",
        "Several wrong ones in a row. To keep the account safe, please try again in a few minutes.";
    TooManyRequests = TOO_MANY_REQUESTS, "too-many-requests",
        "操作太频繁了，这次没有处理。已经保存的内容是安全的，请稍等片刻再试。",
        "Too much was asked for at once, so this was not done. What was saved is safe. Please try again in a moment.";
    CrossSite = FORBIDDEN, "cross-site",
        "这个请求来自别的网站，已被拒绝。请在共备的页面里操作。",
        "This request came from another site and was refused. Please use Gongbei's own pages.";
    NotFound = NOT_FOUND, "not-found",
        "找不到这份文档，或者您没有查看它的权限。",
        "There is no such document, or you may not see it.";
    NoSuchAddress = NOT_FOUND, "no-such-address",
        "这个地址不存在。",
        "There is nothing at this address.";
    NoSuchToken = NOT_FOUND, "no-such-token",
        "没有这个访问令牌。",
        "There is no such access token.";
    NoSuchImage = NOT_FOUND, "no-such-image",
        "这份文档里没有这张图片。",
        "This document has no such image.";
    MethodNotAllowed = METHOD_NOT_ALLOWED, "method-not-allowed",
        "这个地址不支持这种操作。",
        "This address does not support that method.";
    OnlyManagers = FORBIDDEN, "only-managers",
        "只有文档的管理者可以这样做。",
        "Only those who manage the document may do this.";
    OnlyInPerson = FORBIDDEN, "only-in-person",
        "访问令牌不能用来做这件事，请登录后再操作。",
        "This is done in person: an access token can't do it. Please sign in.";
    ScopeMissing = FORBIDDEN, "scope-missing",
        "这个访问令牌没有做这件事的权限。请新建一个勾选了这项权限的令牌。",
        "This access token was not made for this. Please make one with that scope.";
    OneTimeNeeded = FORBIDDEN, "one-time-needed",
        "这台服务器要求管理人员使用一次性密码。请先在“我的账号”里设置好，再继续操作。",
        "This server demands one-time passwords of those who look after others. Please set them up on your account's \
         page first.";
    OnlyEditors = FORBIDDEN, "only-editors",
        "您只能查看这份文档，不能修改。",
        "You may read this document, but not change it.";
    TitleEmpty = UNPROCESSABLE_ENTITY, "title-empty",
        "请写一个标题。",
        "Please give a title.";
    TitleTooLong = UNPROCESSABLE_ENTITY, "title-too-long",
        "标题太长了，最多 200 个字。",
        "The title is too long: 200 characters at most.";
    NameInvalid = UNPROCESSABLE_ENTITY, "name-invalid",
        "请写一个名称，最多 100 个字。",
        "Please give a name of at most 100 characters.";
    DaysInvalid = UNPROCESSABLE_ENTITY, "days-invalid",
        "访问令牌的有效期是 1 到 366 天。",
        "An access token lasts 1 to 366 days.";
    NoSuchPerson = NOT_FOUND, "no-such-person",
        "找不到这个人，或者不由您管理。",
        "There is no such person, or you do not look after them.";
    NotYours = FORBIDDEN, "not-yours",
        "这项改动不由您决定，什么都没有改。请找学校、组或集团的负责人。",
        "This change is not yours to make, and nothing was changed. Please ask those who lead the school, team or group.";
    DoesNotFit = UNPROCESSABLE_ENTITY, "does-not-fit",
        "有一项改动不合适，什么都没有改。",
        "One of the changes does not fit, and nothing was changed.";
    TooManyChanges = UNPROCESSABLE_ENTITY, "too-many-changes",
        "一次最多改 1000 项，请分几次改。什么都没有改。",
        "At most 1,000 changes go in one request. Nothing was changed: please make several.";
    NothingToUndo = NOT_FOUND, "nothing-to-undo",
        "没有可以撤销的改动。",
        "There is nothing to undo.";
    ChangedSince = CONFLICT, "changed-since",
        "后来又有人改过，所以没有撤销。请看一下现在的样子，需要的话再改一次。",
        "Somebody has gone on from there, so nothing was undone. Please look at how it is now, and change it if need be.";
    StaleForm = CONFLICT, "stale-form",
        "在您填写的时候，有人改过同一份资料，所以没有保存，那边的改动也都还在。您填的都还在这里；请先记下要改的，关掉再打开，看一下现在的样子再改。",
        "While you were filling this in, somebody else has changed the same thing, so nothing was stored, and their changes \
         stand. What you wrote is still here: please note it, close this and open it again, and change what is there now.";
    LastOperator = CONFLICT, "last-operator",
        "您是这台服务器唯一的运维。关闭以后就没有人能管理服务器了，所以没有关闭，什么都没有改。请先在服务器上用 gongbei user add --operator 再加一位运维。",
        "You are the only operator of this server. Without you nobody could run it, so the account was not closed and nothing \
         was changed. Please add another operator first, on the server: gongbei user add --operator.";
    NotYourShelf = UNPROCESSABLE_ENTITY, "not-your-shelf",
        "您不能把文档放到这里。放到学校、组或集团的架上，需要在那里任职。",
        "You can't put documents there. For the shelf of a school, team or group you need a post in it.";
    LeavesTheHouse = FORBIDDEN, "leaves-the-house",
        "这份文档在学校、组或集团的架上，往外共享要由那里的负责人决定。没有改动。",
        "This document lies on the shelf of a school, team or group: sharing it outside is for those who lead there. \
         Nothing was changed.";
    NotAVolume = UNPROCESSABLE_ENTITY, "not-a-volume",
        "这一册没有存：学科、版本、册名要写，每行最多 60 个字，最多 400 行，第一行是单元，同名的只写一次。填的都还在。",
        "The volume was not stored: it needs a subject, an edition and a name; lines have 60 characters at most and there \
         are 400 at most; the first is a unit, and none stands there twice. What you wrote is still here.";
    ItemWordsTooMuch = UNPROCESSABLE_ENTITY, "item-words-too-much",
        "填得太长或太多了，没有保存：简介最多 4000 个字，来源和版本说明各 500 个字，作者 20 位，标签 20 个。您填的都还在。",
        "Something is too long, and nothing was stored: a description has 4,000 characters at most, a source or note 500, \
         and there are 20 authors and 20 tags at most. What you wrote is still here.";
    ItemAuthorUnknown = UNPROCESSABLE_ENTITY, "item-author-unknown",
        "有一位作者没有写名字，或者这里找不到这个人，没有保存。您填的都还在，请再看一下作者。",
        "An author has no name, or is not known here, so nothing was stored. What you wrote is still here: please look at \
         the authors.";
    TaxonUnknown = UNPROCESSABLE_ENTITY, "taxon-unknown",
        "教材目录里已经没有这个位置，没有保存。您填的都还在，请重新选一下教材的单元。",
        "That place is no longer in the list of textbooks, so nothing was stored. What you wrote is still here: please choose \
         the unit again.";
    UploadsNotReady = CONFLICT, "uploads-not-ready",
        "有文件还没有传完、没有检查完，或者已经放进了别的资源，所以没有保存。传好的部分都在，请等文件都传好再放。",
        "A file has not come whole, is being checked, or belongs to another resource already, so nothing was stored. What has \
         come is safe: please wait until all files are there.";
    NothingInIt = UNPROCESSABLE_ENTITY, "nothing-in-it",
        "资源里至少要有一个文件，或者是一份共备里的文档；可借的器材和场地不带文件。没有保存，您填的都还在。",
        "A resource needs a file, or a document that was written here; things and places that are lent have none. Nothing was \
         stored, and what you wrote is still here.";
    NotInTheItem = UNPROCESSABLE_ENTITY, "not-in-the-item",
        "这段话不在这件资源的这一版里，没有记成引用。您文稿里的内容没有变。",
        "This passage does not stand in that version of the resource, so it was not noted as taken from it. Your document \
         is as it was.";
    NotToBeChanged = FORBIDDEN, "not-to-be-changed",
        "作者只允许原样使用这件资源，不能照着改。您可以下载，或者在教案里注明引用它。",
        "Its author lets it be used as it is, not changed. You can download it, or name it in your lesson plan.";
    CollectionWordsTooMuch = UNPROCESSABLE_ENTITY, "collection-words-too-much",
        "写得太长了，没有保存：专题的简介最多 1000 个字，一条说明或小标题最多 300 个字。您写的都还在。",
        "Something is too long, and nothing was stored: a collection's description has 1,000 characters at most, a note or \
         heading 300. What you wrote is still here.";
    CollectionFull = UNPROCESSABLE_ENTITY, "collection-full",
        "一个专题最多放 300 条，没有保存。您改的都还在，可以分成几个专题。",
        "A collection has 300 lines at most, so nothing was stored. What you changed is still here; it can be made into \
         several collections.";
    LineItemGone = UNPROCESSABLE_ENTITY, "line-item-gone",
        "要放进专题的资源里有一件已经找不到了，没有保存。您改的都还在，请拿掉那一件再保存。",
        "One of the resources can't be found any more, so nothing was stored. What you changed is still here: please take that \
         one out and store again.";
    NoMenuThere = UNPROCESSABLE_ENTITY, "no-menu-there",
        "共享菜单由学校或集团发布。请先把专题放到学校或集团的架上，再发布。",
        "Menus are published by schools and groups. Please put the collection on the shelf of one first.";
    TermNotOpen = UNPROCESSABLE_ENTITY, "term-not-open",
        "菜单只能发布到本学期或下学期，没有改动。",
        "A menu is published for this term or the next one. Nothing was changed.";
    TooManySubscriptions = UNPROCESSABLE_ENTITY, "too-many-subscriptions",
        "一个人最多订阅 100 项，没有加上。请先退订几项不再需要的。",
        "One person can have 100 subscriptions, so this one was not added. Please end some that you no longer need.";
    NothingSaid = UNPROCESSABLE_ENTITY, "nothing-said",
        "还没有写内容，没有发出去。请写几个字再试。",
        "There are no words in it, so it was not sent. Please write something and try again.";
    SaidTooMuch = UNPROCESSABLE_ENTITY, "said-too-much",
        "写得太长了，没有发出去：留言和问题最多 2000 个字，更正的原文和改成的话各 500 个字，理由和说明 300 个字。您写的都还在。",
        "It is too long, so it was not sent: remarks and questions have 2,000 characters at most, the passages of a correction \
         500 each, reasons and notes 300. What you wrote is still here.";
    SpokenTooFast = TOO_MANY_REQUESTS, "spoken-too-fast",
        "您一下子发得太多了，这一条没有发出去。您写的还在，请过十几秒再发。",
        "That was a lot at once, so this was not sent. What you wrote is still here: please send it again in a few seconds.";
    ItemBinned = CONFLICT, "item-binned",
        "这件资源已经移到回收站，现在不能留言，也不能借。您写的还在。",
        "This resource lies in the bin, so nothing can be said of it or asked for now. What you wrote is still here.";
    IdTaken = CONFLICT, "id-taken",
        "这一条的编号已经用过了，没有发出去。您写的还在，请刷新页面再发。",
        "Its id is in use already, so it was not sent. What you wrote is still here: please reload the page and send it again.";
    TooManyCollections = CONFLICT, "too-many-collections",
        "您建的专题已经有 1000 个。把不用的移到回收站，就能再建。",
        "You have made 1,000 collections. Move some that are not needed to the bin, and you can make more.";
    SentOtherwise = CONFLICT, "sent-otherwise",
        "这一次的内容和先前不同：先前发出的其实已经送到，存的是那一份。请刷新页面看看，要改就在那里改。",
        "This differs from what was sent before, which had arrived after all and is what is stored. Reload the page, and change it there.";
    ThreadGone = CONFLICT, "thread-gone",
        "您要回复的那一条已经被收回或者隐藏了，所以没有发出去。您写的还在。",
        "What you reply to was taken back or hidden, so this was not sent. What you wrote is still here.";
    ThreadFull = UNPROCESSABLE_ENTITY, "thread-full",
        "这一条下面的回复已经有 500 条，放不下了。您写的还在，请另起一条留言。",
        "There are 500 replies to this already. What you wrote is still here: please begin a remark of its own.";
    NotYourWords = FORBIDDEN, "not-your-words",
        "只有写这一条的老师本人可以改、收回或者了结它。没有改动。",
        "Only who wrote this can change it, take it back or close it. Nothing was changed.";
    PassageNotThere = UNPROCESSABLE_ENTITY, "passage-not-there",
        "这一版里找不到您摘的原文，没有发出去。您写的还在，请从资源里照原样摘一句。",
        "The passage does not stand in this version, so it was not sent. What you wrote is still here: please copy the \
         passage as it stands in the resource.";
    AlreadyDecided = CONFLICT, "already-decided",
        "这一条已经处理过，或者提的老师收回了，所以没有改动。请刷新看一下现在的样子。",
        "This was decided already, or whoever offered it took it back, so nothing was changed. Please look at how it is now.";
    OnlyAuthors = FORBIDDEN, "only-authors",
        "这件事由作者或者管理这件资源的人来定。没有改动。",
        "This is for the authors, or for who manages the resource. Nothing was changed.";
    OwnWork = FORBIDDEN, "own-work",
        "自己的资源不用自己评，等用过的老师来说。",
        "One does not say how one's own work was in use: that is for those who used it.";
    NotLent = CONFLICT, "not-lent",
        "这件资源不是可借的器材或场地，不用借，直接用就可以。",
        "This resource is no thing or place that is lent: you can simply use it.";
    LentThen = CONFLICT, "lent-then",
        "这段时间已经借给别人，或者暂停借用，所以没有登记。您填的都还在，请换一段时间。",
        "Somebody else has it then, or it is not to be had, so nothing was entered. What you filled in is still here: please \
         choose another time.";
    TimeUnfit = UNPROCESSABLE_ENTITY, "time-unfit",
        "这段时间不行，没有登记：要从整点或半点到整点或半点，还没有过去，最长 31 天，最远到一年以后。您填的都还在。",
        "That time does not fit, so nothing was entered: it begins and ends on the half hour, is not over, is 31 days at most and \
         within a year. What you filled in is still here.";
    TooManyRequestsOpen = UNPROCESSABLE_ENTITY, "too-many-requests-open",
        "您对这一件已经有 20 个请求在等回复，没有再登记。可以先撤回几个。",
        "You have 20 open requests for this one already, so nothing was entered. You can withdraw some first.";
    BorrowerGone = CONFLICT, "borrower-gone",
        "提请求的老师现在看不到这件资源了，所以没有借出。请先看看它放在哪里。",
        "Whoever asked can't see this resource any more, so it was not lent. Please look at where it lies.";
    SearchFailing = INTERNAL_SERVER_ERROR, "search-failing",
        "暂时搜不了，文档和资源都在。请稍后再试。",
        "Searching does not work at the moment; documents and resources are all there. Please try again in a while.";
    UnknownGrantee = UNPROCESSABLE_ENTITY, "unknown-grantee",
        "要共享的人或团队找不到，可能已经离开。没有改动。",
        "A person or team to share with can't be found; they may have left. Nothing was changed.";
    SharesChanged = CONFLICT, "shares-changed",
        "刚刚有人改过共享名单，您这次的改动没有存上。请看一下新的名单，需要的话再改一次。",
        "Somebody has just changed with whom this is shared, so your change was not stored. Please look at the new \
         list and change it again if need be.";
    TooManyShares = UNPROCESSABLE_ENTITY, "too-many-shares",
        "一份文档最多共享给 500 个人或团队。",
        "A document can be shared with 500 people or teams at most.";
    NoSuchGroup = NOT_FOUND, "no-such-group",
        "找不到这个集团，或者不由您管理。",
        "There is no such group, or you do not look after it.";
    NoSuchRoster = NOT_FOUND, "no-such-roster",
        "这份花名册的预览已经过期或取消了，什么都没有导入。请再上传一次。",
        "The preview of this roster has ended or was cancelled, and nothing was imported. Please send the file again.";
    RosterTooLarge = PAYLOAD_TOO_LARGE, "roster-too-large",
        "文件太大了，花名册最大 5 MB。什么都没有导入。",
        "The file is too large: a roster may have 5 MB. Nothing was imported.";
    RosterUnreadable = UNPROCESSABLE_ENTITY, "roster-unreadable",
        "这个文件读不出表格，什么都没有导入。请另存为 XLSX 或 CSV 再试。",
        "No table can be read from this file, and nothing was imported. Please save it as XLSX or CSV and try again.";
    RosterTooMuch = UNPROCESSABLE_ENTITY, "roster-too-much",
        "表格太大了：最多 20000 行、64 列。什么都没有导入，请分成几份。",
        "The table is too large: 20,000 rows and 64 columns at most. Nothing was imported. Please make several of it.";
    RosterWrong = UNPROCESSABLE_ENTITY, "roster-wrong",
        "花名册里还有要改的地方，什么都没有导入。请改好再上传，或选择跳过有问题的行。",
        "Something in the roster is still wrong, and nothing was imported. Please put it right and send it again, or \
         choose to skip those rows.";
    RosterUnderWay = CONFLICT, "roster-under-way",
        "这份花名册正在导入，或者已经导入了。",
        "This roster is being imported, or has been.";
    RosterOvertaken = CONFLICT, "roster-overtaken",
        "这份花名册已经按更新的回答重新看过，刚才的不算数，什么都没有导入。请看过最新的预览再导入。",
        "This roster has been looked at again with newer answers. These don't count, and nothing was imported. Please \
         look at the latest preview, then import.";
    HasNul = BAD_REQUEST, "has-nul",
        "文字里夹着一个看不见的空字符，存不下来，所以什么都没有改动。请把粘贴来的那一段先贴到记事本里，再从那里复制过来。",
        "There is an invisible NUL character in the text, which can't be stored, so nothing was changed. Please paste that passage into a plain text editor first, and copy it from there.";
    BadRequest = BAD_REQUEST, "bad-request",
        "请求的内容读不懂。",
        "The request can't be read.";
    NoSuchTutoring = NOT_FOUND, "no-such-tutoring",
        "找不到这场走网课堂，或者您没有查看它的权限。",
        "There is no such tutoring session, or you may not see it.";
    NotYoursToPlan = FORBIDDEN, "not-yours-to-plan",
        "您不能替这个组、学校或集团安排走网课堂，什么都没有建。可以向他们提出预约。",
        "You may not plan sessions for this team, school or group, and nothing was made. You may ask them for one.";
    NotYoursToWish = FORBIDDEN, "not-yours-to-wish",
        "只能以自己学校的名义，向您认识的组、学校或集团申请走网，什么都没有提交。",
        "You may ask for sessions for your own school, of teams, schools and groups that you know of. Nothing was sent.";
    NoSuchWish = NOT_FOUND, "no-such-wish",
        "找不到这个走网申请，或者您没有查看它的权限。",
        "There is no such request for a session, or you may not see it.";
    OnlyAsker = FORBIDDEN, "only-asker",
        "只有提申请的老师能撤回它，什么都没有改。",
        "Only whoever asked can take it back. Nothing was changed.";
    TooManyWishesOpen = UNPROCESSABLE_ENTITY, "too-many-wishes-open",
        "您已经有 10 个申请在等回复，先等一等，或者撤回一个。",
        "10 of your requests wait for an answer already. Please wait for one, or take one back.";
    OnlySessionHost = FORBIDDEN, "only-session-host",
        "这由主讲人或安排这场课堂的人来做，什么都没有改。",
        "This is for the host, or whoever planned the session. Nothing was changed.";
    OnlySessionLeaders = FORBIDDEN, "only-session-leaders",
        "这由主讲人或助教来做，什么都没有改。",
        "This is for the host and the helpers. Nothing was changed.";
    TutoringTimeUnfit = UNPROCESSABLE_ENTITY, "tutoring-time-unfit",
        "课堂的时间不合适：可以安排在今后一年之内，长 5 分钟到 8 小时。什么都没有存。",
        "That time does not fit: sessions are planned up to a year ahead, for 5 minutes to 8 hours. Nothing was stored.";
    HostUnfit = UNPROCESSABLE_ENTITY, "host-unfit",
        "请从您认识的同事里选一位主讲人。什么都没有存。",
        "Please choose a host among the colleagues you know of. Nothing was stored.";
    InvitedUnfit = UNPROCESSABLE_ENTITY, "invited-unfit",
        "邀请名单里有您不认识的人或单位，或者超过了 200 个；助教只能是一位一位的老师。名单没有改。",
        "Somebody on the list is not known to you, or there are more than 200; helpers are invited by name. The list was not \
         changed.";
    SessionStandsOtherwise = CONFLICT, "session-stands-otherwise",
        "这场课堂已经开始、结束或取消了，所以没有照办。请看一下现在的样子。",
        "The session has begun, ended or been cancelled meanwhile, so this was not done. Please look at how it is now.";
    SessionNotOpen = CONFLICT, "session-not-open",
        "这场课堂没有在进行，所以没有照办。",
        "The session is not going on, so this was not done.";
    NotInSession = UNPROCESSABLE_ENTITY, "not-in-session",
        "这个人没有参加这场课堂，或者不能这样做：访客和旁听的人没有笔。什么都没有改。",
        "That person is not in the session, or can't be given this: guests have no pen. Nothing was changed.";
    PartOfSession = CONFLICT, "part-of-session",
        "这是一次走网的白板或笔记，走网结束以后才能移动或删除。",
        "This is the board or the notes of a tutoring session. It can be moved or deleted once the session has ended.";
    TooManySigns = CONFLICT, "too-many-signs",
        "人数已经满了：最多 20 人有笔，4 人发言。请先收回一个。",
        "There are enough already: at most 20 have the pen and 4 the floor. Please take one back first.";
    RunnerStays = UNPROCESSABLE_ENTITY, "runner-stays",
        "主讲人和安排这场课堂的人不能被请出去。",
        "The host and whoever runs the session can't be sent away.";
    NoSuchStay = NOT_FOUND, "no-such-stay",
        "出席记录里没有这一条。",
        "There is no such line of attendance.";
    StayUnfit = UNPROCESSABLE_ENTITY, "stay-unfit",
        "时间不对：来的时间要早于离开的时间，并且都在这场课堂之内。什么都没有改。",
        "That time does not fit: coming is before leaving, and both within the session. Nothing was changed.";
    NoSuchQuestion = NOT_FOUND, "no-such-question",
        "找不到这个问题，或者提问的人已经收回。",
        "There is no such question, or whoever asked it took it back.";
    OnlyParticipants = FORBIDDEN, "only-participants",
        "旁听的人不能提问和附议。想提问，请主讲人把您改为参加者。",
        "Listeners don't ask or vote. To ask, let the host make you a participant.";
    TooManyQuestions = CONFLICT, "too-many-questions",
        "问题太多了：一个人最多问 50 个，一场课堂最多 500 个。这一个没有提交。",
        "There are too many questions: 50 of one person and 500 in a session are the most. This one was not sent.";
    NoSuchCheck = NOT_FOUND, "no-such-check",
        "找不到这个小测。",
        "There is no such check.";
    NotAsked = FORBIDDEN, "not-asked",
        "小测由参加者和访客作答；主讲、协助的人和旁听的人不作答。",
        "Checks are answered by participants and guests, not by host, helpers and listeners.";
    CheckStandsOtherwise = CONFLICT, "check-stands-otherwise",
        "这个小测的状态已经变了，所以没有照办。请看看它现在怎样。",
        "The check stands otherwise by now, so this was not done. Please look at it as it is.";
    CheckClosed = CONFLICT, "check-closed",
        "这个小测现在不收答案，您这次的作答没有记下。",
        "The check takes no answers now. This one was not kept.";
    CheckUnfit = UNPROCESSABLE_ENTITY, "check-unfit",
        "选择题要有 2 到 8 个选项，每个不超过 100 字，各不相同；判断题和简答题不写选项。",
        "A poll has 2 to 8 choices of 100 characters at most, no two alike; the other kinds have none.";
    AnswerUnfit = UNPROCESSABLE_ENTITY, "answer-unfit",
        "这个答案和题目的形式对不上，请重新作答。",
        "The answer does not fit what is asked. Please answer again.";
    TooManyChecks = CONFLICT, "too-many-checks",
        "一场课堂最多 50 个小测。没开始的可以删掉几个。",
        "A session has 50 checks at most. Those that were never opened can be discarded.";
    TooManyAnswers = CONFLICT, "too-many-answers",
        "这个小测已经收了 1000 份答案，不再收新的。",
        "The check has 1,000 answers, which is the most.";
    NoSuchMedia = NOT_FOUND, "no-such-media",
        "找不到这张照片或这段语音，或者它已经收回。",
        "There is no such photo or clip, or it was taken back.";
    PhotoTooLarge = PAYLOAD_TOO_LARGE, "photo-too-large",
        "照片太大了，最大 4 MB。请缩小以后再发。",
        "The photo is too large: 4 MB at most. Please make it smaller.";
    NotAPhoto = UNSUPPORTED_MEDIA_TYPE, "not-a-photo",
        "这不是能用的照片。请用 PNG、JPEG 或 WebP 格式的静态图片。",
        "This is no photo that can be shown. Please send a still PNG, JPEG or WebP.";
    ClipTooLong = PAYLOAD_TOO_LARGE, "clip-too-long",
        "这段语音太长了：最长 60 秒，最大 512 KB。",
        "The clip is too long: 60 seconds and 512 KB at most.";
    NotAClip = UNSUPPORTED_MEDIA_TYPE, "not-a-clip",
        "这不是浏览器录的语音，没有收下。请重新录一段。",
        "This is no sound as browsers record it, so it was not kept. Please record it again.";
    TooManyMedia = CONFLICT, "too-many-media",
        "您发来的照片和语音里，还有 10 个没有用上。请先把它们用在问题里，或者明天再发。",
        "Ten photos and clips of yours are not part of anything yet. Ask with them first, or send this one tomorrow.";
    TooManyClips = CONFLICT, "too-many-clips",
        "一场课堂最多 300 段语音，已经满了。",
        "A session has 300 clips at most, and all are used.";
    WithoutFloor = FORBIDDEN, "without-floor",
        "现在轮不到您发言。举手以后，主讲人可以请您说。",
        "You don't have the floor. Raise your hand, and the host can give it to you.";
    TooManyGuests = CONFLICT, "too-many-guests",
        "这场课堂的访客已经满了（300 位），请联系主讲人。",
        "The session has 300 guests already, which is the most. Please ask the host.";
    TooManyRemoved = CONFLICT, "too-many-removed",
        "已经请出了 500 人，不能再多了。请取消这场课堂的大范围邀请。",
        "500 people were sent away already, which is the most. Please take back the wide invitation instead.";
    WrongContentType = UNSUPPORTED_MEDIA_TYPE, "wrong-content-type",
        "请求的内容类型不对。",
        "The content type of the request is not supported here.";
    TooLarge = PAYLOAD_TOO_LARGE, "too-large",
        "内容太大了。图片最大 10 MB。",
        "This is too large. Images may have 10 MB at most.";
    NotAnImage = UNSUPPORTED_MEDIA_TYPE, "not-an-image",
        "这不是可以使用的图片。请用 PNG、JPEG、GIF 或 WebP 格式。",
        "This is not a usable image. Please take PNG, JPEG, GIF or WebP.";
    DamagedImage = UNPROCESSABLE_ENTITY, "damaged-image",
        "这张图片不完整或者已损坏，请换一张，或重新保存后再试。",
        "This picture is incomplete or damaged. Please take another, or save it again and retry.";
    ImageTooBig = UNPROCESSABLE_ENTITY, "image-too-big",
        "图片的尺寸太大了，宽和高都不能超过 16000 像素，总共不超过 5000 万像素。",
        "The picture is too big: at most 16,000 pixels wide and high, and 50 million in all.";
    NoSuchFile = NOT_FOUND, "no-such-file",
        "找不到这个文件，或者您没有查看它的权限。",
        "There is no such file, or you may not see it.";
    NoSuchUpload = NOT_FOUND, "no-such-upload",
        "找不到这次上传：它可能已经取消，或者七天没有继续而过期了。请重新上传。",
        "There is no such upload: it was cancelled, or has ended after seven days without going on. Please send the file \
         again.";
    UploadTooLarge = PAYLOAD_TOO_LARGE, "upload-too-large",
        "文件太大了：一个文件最大 8 GB。没有开始上传，请先压缩，或者分成几个。",
        "The file is too large: one file may have 8 GB. Nothing was sent. Please compress it, or make several of it.";
    TooManyUploads = UNPROCESSABLE_ENTITY, "too-many-uploads",
        "您已经有 20 个文件正在上传。请等其中几个传完，或者取消不要的，再传这一个。",
        "20 files of yours are on their way already. Please wait for some of them, or cancel what you don't need.";
    SchoolFull = PAYLOAD_TOO_LARGE, "school-full",
        "学校的空间不够放这个文件，没有开始上传。请先删掉不用的文件，或者请管理员增加空间。",
        "Your school has no room for this file, and nothing was sent. Please remove files that nobody needs, or ask the \
         administrator for more.";
    DiskNearlyFull = INSUFFICIENT_STORAGE, "disk-nearly-full",
        "服务器的磁盘快满了，现在不能上传文件。已经传上来的部分和已经保存的内容都是安全的，请告诉管理员。",
        "The server's disk is nearly full, so it takes no files now. What has come so far and what was saved is safe. \
         Please tell the administrator.";
    UploadElsewhere = CONFLICT, "upload-elsewhere",
        "要接着传的位置和服务器上的对不上。请先查询已经传到哪里，再从那里继续；已经传上来的部分没有丢。",
        "This is not where the upload goes on. Please ask how far it has come and go on from there; nothing of it is lost.";
    UploadTooMuch = BAD_REQUEST, "upload-too-much",
        "传来的内容比说好的文件大小还多，多出来的没有要。请重新上传这个文件。",
        "More was sent than the file was said to have, and the rest was not taken. Please send the file again.";
    UploadStalled = REQUEST_TIMEOUT, "upload-stalled",
        "线路断了，或者太久没有传来内容。已经传上来的部分没有丢，可以接着传。",
        "The line broke, or nothing came for too long. What has come is safe: please go on from there.";
    UploadTakenOver = LOCKED, "upload-taken-over",
        "这个文件正在另一个页面或者另一条线路上继续上传，这边先停下了。已经传上来的部分没有丢。",
        "This file is being sent from another page or over another line, so this one has stopped. Nothing that came is lost.";
    UploadVersion = PRECONDITION_FAILED, "upload-version",
        "上传程序用的协议版本不对：这里用的是 tus 1.0.0。",
        "The uploading program speaks another version of the protocol: here it is tus 1.0.0.";
    NotKnown = NOT_FOUND, "not-known",
        "服务器上还没有这个文件，请上传。",
        "The server does not have this file yet. Please send it.";
    UnknownFormat = BAD_REQUEST, "unknown-format",
        "还不能导出成这种格式。可用的有 md、html 和 json。",
        "This format can't be exported yet. There are md, html and json.";
    NoWebSocket = UPGRADE_REQUIRED, "no-websocket",
        "这个地址只接受 WebSocket 连接。",
        "This address takes only WebSocket connections.";
    StorageFull = INSUFFICIENT_STORAGE, "storage-full",
        "服务器的磁盘满了，这次没有存上。已经保存的内容是安全的，请告诉管理员。",
        "The server's disk is full, so this was not stored. What was saved is safe. Please tell the administrator.";
    StorageFailing = SERVICE_UNAVAILABLE, "storage-failing",
        "服务器的存储暂时出了问题，这次没有存上。已经保存的内容是安全的，请稍后再试。",
        "The server's storage has a problem, so this was not stored. What was saved is safe. Please try again later.";
    FilesUnreachable = SERVICE_UNAVAILABLE, "files-unreachable",
        "存放图片和文件的地方暂时连不上，请过一会儿再试。文档照常可以写、可以保存。",
        "The place where pictures and files are kept can't be reached right now. Please try again in a while. Documents can \
         be written and saved as usual.";
    Internal = INTERNAL_SERVER_ERROR, "internal",
        "服务器出了问题。已经保存的内容是安全的，请稍后再试。",
        "The server has a problem. What was saved is safe. Please try again later.";
}

impl Refusal {
    pub fn problem(self, language: Language) -> Problem {
        Problem {
            kind: format!("/problems/{}", self.slug()),
            status: self.status().as_u16(),
            title: self.sentence(language).to_owned(),
        }
    }

    /// The whole answer, for a language already known.
    pub fn in_language(self, language: Language) -> Response {
        written(self.status(), &self.problem(language))
    }

    /// What a bare status from the framework means.
    pub fn of_status(status: StatusCode) -> Refusal {
        match status {
            StatusCode::NOT_FOUND => Refusal::NoSuchAddress,
            StatusCode::METHOD_NOT_ALLOWED => Refusal::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Refusal::WrongContentType,
            StatusCode::UPGRADE_REQUIRED => Refusal::NoWebSocket,
            status if status.is_client_error() => Refusal::BadRequest,
            _ => Refusal::Internal,
        }
    }
}

/// The answer that says why a change does not fit.
pub fn does_not_fit(misfit: MisfitIn, language: Language) -> Response {
    let title = misfits::sentence(&misfit.misfit, language);
    let problem = Problem { title, ..Refusal::DoesNotFit.problem(language) };
    written(Refusal::DoesNotFit.status(), &DoesNotFit { problem, misfit })
}

/// The whole answer, with a sentence that has figures in it.
pub fn with_sentence(refusal: Refusal, title: String, language: Language) -> Response {
    let problem = Problem { title, ..refusal.problem(language) };
    written(refusal.status(), &problem)
}

fn written(status: StatusCode, problem: &impl Serialize) -> Response {
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))];
    (status, headers, body).into_response()
}

/// Leaves a mark that `language::render` turns into the answer: only there the language is known.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        if self == Refusal::SpokenTooFast {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
        }
        if self == Refusal::TooManyRequests {
            // What was asked for in vain was not counted: something is there again at once.
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!("{error}");
        match error.cause {
            Cause::Full => Refusal::StorageFull,
            Cause::Disk(_) | Cause::Elsewhere | Cause::Other(_) => Refusal::StorageFailing,
            Cause::OutOfOrder { .. } | Cause::ClientTaken { .. } | Cause::Taken | Cause::Damaged(_) => {
                Refusal::Internal
            }
        }
    }
}

impl From<Unreadable> for Refusal {
    fn from(error: Unreadable) -> Self {
        match error {
            Unreadable::Absent(_) => Refusal::NotFound,
            Unreadable::Store(error) => error.into(),
            Unreadable::Broken(..) | Unreadable::Panicked(_) => {
                tracing::error!("{error}");
                Refusal::Internal
            }
        }
    }
}

impl From<UnfitWords> for Refusal {
    fn from(error: UnfitWords) -> Self {
        match error {
            UnfitWords::Title(error) => error.into(),
            UnfitWords::TooMuch => Refusal::ItemWordsTooMuch,
            UnfitWords::NothingSaid => Refusal::NothingSaid,
            UnfitWords::SaidTooMuch => Refusal::SaidTooMuch,
            UnfitWords::UnknownAuthor => Refusal::ItemAuthorUnknown,
            UnfitWords::UnknownTaxon => Refusal::TaxonUnknown,
            UnfitWords::TooMuchCurated => Refusal::CollectionWordsTooMuch,
        }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotManaging => Refusal::OnlyManagers,
            Refused::LeavesTheHouse => Refusal::LeavesTheHouse,
            Refused::NotYourShelf => Refusal::NotYourShelf,
            Refused::NoMenuThere => Refusal::NoMenuThere,
        }
    }
}

impl From<InvalidTitle> for Refusal {
    fn from(error: InvalidTitle) -> Self {
        match error {
            InvalidTitle::Empty => Refusal::TitleEmpty,
            InvalidTitle::TooLong(_) => Refusal::TitleTooLong,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_refusal_has_its_own_type_and_a_sentence_in_each_language() {
        let slugs: BTreeSet<_> = Refusal::ALL.iter().map(|refusal| refusal.slug()).collect();
        assert_eq!(slugs.len(), Refusal::ALL.len());
        for refusal in Refusal::ALL {
            assert!(refusal.status().is_client_error() || refusal.status().is_server_error(), "{refusal:?}");
            assert!(refusal.sentence(Language::Chinese).ends_with('。'), "{refusal:?}");
            assert!(refusal.sentence(Language::English).ends_with('.'), "{refusal:?}");
        }
    }
}
