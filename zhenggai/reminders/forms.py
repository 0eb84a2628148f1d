from typing import Any

from django import forms
from django.conf import settings

from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.reminders.models import Channel, Habit


class SettingsForm(forms.Form):
    email = forms.EmailField(
        label="邮箱", required=False, max_length=200, help_text="不填就不发邮件；“提醒”里一直都有",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    days = forms.ChoiceField(label="什么时候发", choices=Habit.Days.choices, widget=forms.RadioSelect)


class ChannelForm(forms.Form):
    place = forms.ModelChoiceField(label="哪里的情况", queryset=Unit.objects.none())
    name = forms.CharField(label="群名", max_length=60)
    kind = forms.ChoiceField(label="哪一种群")
    given = forms.CharField(
        label="Webhook地址", max_length=500, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="群设置里添加机器人后，把它给的整条地址复制过来；加密保存，以后不再显示",
    )  # fmt: skip
    secret = forms.CharField(
        label="加签密钥", required=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="钉钉机器人选了“加签”才有",
    )  # fmt: skip

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Unit.objects.filter(pk__in=by.places_as(Role.COORDINATION)).order_by("position", "pk")
        kinds = Channel.Kind.choices if settings.CHANNEL_SCHEMES else Channel.Kind.choices[:-1]
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        self.fields["place"].initial = places.first()
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
