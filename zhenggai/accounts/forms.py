from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.validators import MaxLengthValidator

from zhenggai.accounts.models import Kind, Person, Tier, Unit
from zhenggai.accounts.roles import Role


class LoginForm(AuthenticationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["username"].label = "账号"
        self.fields["username"].validators.append(MaxLengthValidator(64))
        self.fields["password"].label = "密码"


class PasswordForm(forms.Form):
    old = forms.CharField(label="现在的密码", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new = forms.CharField(
        label="新密码",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="；".join(str(text) for text in password_validators_help_texts()),
    )
    again = forms.CharField(label="再写一遍", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_old(self) -> str:
        if not self.person.check_password(self.cleaned_data["old"]):
            raise forms.ValidationError("现在的密码不对")
        return str(self.cleaned_data["old"])

    def clean_again(self) -> str:
        if self.cleaned_data.get("new") != self.cleaned_data["again"]:
            raise forms.ValidationError("两遍写得不一样")
        return str(self.cleaned_data["again"])


class UnitNameField(forms.CharField):
    """A unit of the directory, written by its full or short name: a drop-down over 40,000 units would be no help."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}), **kwargs)

    def clean(self, value: Any) -> Unit | None:
        name: str = super().clean(value)
        if not name:
            return None
        found = list(Unit.objects.named(name)[:6])
        if not found:
            raise forms.ValidationError(f"名录里没有“{name}”，请写全称或简称")
        if len(found) > 1:
            raise forms.ValidationError(f"“{name}”有几个，请写全称：{'、'.join(unit.name for unit in found)}")
        unit: Unit = found[0]
        return unit


class PersonForm(forms.Form):
    username = forms.RegexField(
        r"^[a-z][a-z0-9.-]{2,40}$", label="账号", help_text="小写字母开头，可用数字、点和横线",
        error_messages={"invalid": "账号用小写字母开头，3到41个字符，只用小写字母、数字、点和横线"},
    )  # fmt: skip
    name = forms.CharField(label="姓名或岗位", max_length=120, help_text="如：南湖区政府·联络员")
    unit = UnitNameField(label="单位")
    phone = forms.CharField(label="电话", max_length=40, required=False)


class EmailForm(forms.Form):
    email = forms.EmailField(label="邮箱", required=False, max_length=200, help_text="每日一封发到这里；不填就不发")


class GrantForm(forms.Form):
    role = forms.ChoiceField(label="角色", choices=[(role.value, role.words) for role in Role])
    unit = UnitNameField(label="在哪个单位", help_text="综合协调组等填整改办，联络员填所在单位")


class UnitForm(forms.Form):
    name = forms.CharField(label="全称", max_length=200)
    short_name = forms.CharField(label="简称", max_length=100)
    kind = forms.ChoiceField(label="类型", choices=Kind.choices)
    tier = forms.ChoiceField(label="层级", choices=Tier.choices)
    parent = UnitNameField(label="上级")


class AliasForm(forms.Form):
    name = forms.CharField(label="别名", max_length=200, help_text="方案里可能用的别的写法，如旧名")
