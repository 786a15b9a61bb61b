import{$ as a,A as e,B as t,J as n,K as s,Xa as l,c as i,d as u,h as o,na as r,oa as $,r as d,ta as c,z as v}from"./chunk-HCHKTJTM.js";function m(){let n=a().signIn,m=o(!1),b=u(null);i(()=>{document.title=`${n.title} · onduty`,b.current?.focus()},[]);let y=async a=>{m.value=!0,await a(),m.value=!1},k=v.value?.issuer;return d`<main class="alone">
<div class="card narrow">
<${r} />
<h1 ref=${b} tabindex="-1">${n.title}</h1>
${e.value&&d`<${$} kind="warn">
<p>${n.why[e.value]}</p>
${t.value&&d`<p class="hint"><${c}>${t.value}<//></p>`}
<//>`}
${k&&d`<button type="button" class="primary wide" disabled=${m.value} onClick=${()=>y(s)}>
${n.at(new URL(k).host)}
</button>
<p class="hint">${n.atHint}</p>`}
${k?d`<details open=${"refused"===e.value}>
<summary>${n.byToken}</summary>
<${p} isBusy=${m.value} busily=${y} kind="" />
</details>`:d`<${p} isBusy=${m.value} busily=${y} kind="primary" />`}
<${l} />
</div>
</main>`}function p({isBusy:e,busily:t,kind:s}){let l=a().signIn,i=o("");return d`<form class="token-form" onSubmit=${async a=>{a.preventDefault();let e=new FormData(a.currentTarget).get("token")?.toString().trim()??"";i.value=e?"":l.empty,e&&await t(()=>n(e))}} novalidate>
<div class="field ${i.value?"wrong":""}">
<label for="token">${l.token}</label>
<input
id="token"
name="token"
type="password"
autocomplete="off"
spellcheck=${!1}
aria-describedby="token-hint"
aria-invalid=${i.value?"true":null}
/>
<p class=${i.value?"problem":"hint"} id="token-hint" role=${i.value?"alert":null}>
${i.value||l.hint}
</p>
</div>
<button type="submit" class="${s} wide" disabled=${e}>${l.submit}</button>
</form>`}export{m as SignIn};