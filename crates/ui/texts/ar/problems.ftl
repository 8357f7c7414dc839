problem-no-account = لا يوجد حساب على هذا الجهاز بعد.
problem-not-found = لم يعد هذا موجودًا.
problem-not-supported = هذا الإصدار لا يستطيع ذلك بعد.
problem-refused = هذا غير مسموح هنا.
problem-not-a-member = لم تعد في هذه المحادثة.
problem-too-large = هذا كبير جدًا. صغّره أو أرسله أجزاءً.
problem-name-taken = اسم المستخدم هذا محجوز. جرّب غيره.
problem-invalid-name = يتكوّن اسم المستخدم من 3 أحرف إلى 32 حرفًا: من a إلى z، والأرقام، و _ . -
problem-invalid-invite = يطلب هذا الخادم دعوة، وهذه مستخدمة من قبل أو فيها خطأ.
problem-invalid-code = في الرمز خطأ. قارنه حرفًا حرفًا.
problem-registration-closed = هذا الخادم لا يقبل حسابات جديدة.
problem-expired = انتهت الصلاحية. اطلب إرساله من جديد.
problem-verification = هناك شيء ليس كما ينبغي أن يكون. لم يُقبل منه شيء.
problem-revoked = أُزيل هذا الجهاز من حسابك.
problem-offline = تعذّر الوصول إلى خادمك. حاول مجددًا عند عودة الاتصال.
problem-rate-limited = طلبات كثيرة دفعة واحدة. حاول مجددًا بعد { $seconds ->
    [zero] لحظة
    [one] ثانية واحدة
    [two] ثانيتين
    [few] { $seconds } ثوانٍ
    [many] { $seconds } ثانية
   *[other] { $seconds } ثانية
}.
problem-quota = لم يعد خادمك يقبل المزيد لهذا الحساب. احذف شيئًا أو اسأل من يديره.
problem-unavailable = لا يستطيع خادمك الحفظ الآن. حاول مجددًا بعد قليل.
problem-no-room = لم تعد هناك مساحة على هذا الجهاز. أفرغ بعضها ثم أعد المحاولة.
problem-internal = حدث خطأ في Parlor. لم يُرسَل شيء.
